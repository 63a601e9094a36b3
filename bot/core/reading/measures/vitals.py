"""Blood pressure, pulse, oxygen saturation and breathing rate.

Turkey and Spain give blood pressure in centimetres of mercury ("19'a 12", "18/10"): a pair that can only be that is
multiplied by ten.
"""

from __future__ import annotations

import re

from bot.core.reading.measures.page import NUMBER, Cued, Page, number

_PRESSURE_WORDS = r"(?:\bbp\b|b\.p|blood ?pressure|blood preasure|pressure|preasure|presure|\bsys\w*|top number|cuff|tansiyon\w*|tension\w*|presion\w*|давлени\w*|\bад\b|\w*ضغط\w*|blutdruck\w*|\bdruck\b|hypertension|monitor)"
_PRESSURE = re.compile(_PRESSURE_WORDS)
_PAIR = re.compile(
    r"(?<![\d.,/])(\d{1,4}(?:[.,]\d)?)\s*(?P<by>/|\\|(?<=\d{3}):|\bover\b|\bon top of\b|\bna\b|на|и(?= )|علي|ع\b|\bzu\b|\bsobre\b|\bpor\b|\bcon\b|'?\s?[ae]\b|'?y[ae]\b|-)\s*(\d{1,3}(?:[.,]\d)?)(?![\d/]|[.,]\d|\s*(?:days?|weeks?|months?|hours?|hrs|mins?))"
)
_SYSTOLIC = Cued(
    r"(?:systolic|\bsys\b|top number|upper number|buyuk tansiyon\w*|sistolik|sistolica|la alta|верхнее|систолическ\w*|الانقباضي|systolisch\w*|oberer wert)",
    r"\D{0,15}" + NUMBER,
)
_SINGLE = Cued(
    _PRESSURE_WORDS,
    r"[^\d.!?;\n]{0,25}" + NUMBER + r"(?!\s*(?:/|%|over|mg|ml|kg|cm|days?|weeks?|hours?|hrs?|mins?|times|tablets|x\b|out of))",
)
_PULSE_WORDS = r"(?:pulse\w*|\bp(?=:? ?\d{2,3}\b)|resting(?= \d)|\bpuls\b|\bpouls\b|\bpulso\b|pulsaciones|heart ?rate|heart ?beats?|\bhr\b|\bbpm\b|hartslag|resting (?:rate|hr)|nabiz\w*|nabz\w*|kalp atis\w*|frecuencia cardiaca|пульс\w*|чсс|\w*نبض\w*|ضربات|herzfrequenz\w*|ruhepuls|ticker|heart(?: is| s|'s)?(?: at| doing| going)?|kalbim|corazon|сердце|قلبي|herz)"
_PULSE = Cued(
    _PULSE_WORDS,
    r"[^\d.!?;\n]{0,28}"
    + NUMBER
    + r"(?!\s*(?:%|/|mg|ml|kg|cm|days?|weeks?|hours?|hrs?|h\b|mins?|minutes|secs?|seconds|times|x\b|out of|years?|tage|dias|дн|мин|час|dk|dakika|saat|gun|دقيقه|ساعه|بالمي|في المي))",
)
_BEATS = re.compile(
    NUMBER
    + r"\s*(?:bpm|beats|b\.p\.m|уд\w*|atim|pulsaciones|latidos|schlage|نبضه|دقه (?:في|ف)|(?:a|per) minute pulse|(?:pulse|heart rate|hr|nabiz|nabzim|nabzi|pulso|puls|пульс|نبض)\b(?!\D{0,12}\d))"
)
_OXYGEN_WORDS = r"(?:spo ?2|\boxy\b|clip on (?:my|the) finger|\bo2\b|\bo 2\b|\bsats?\b|satur\w*|saturs|oxygen\w*|oxigen\w*|oxim\w*|\bpulse ox\w*|oksijen\w*|saturasyon\w*|parmak olcer\w*|finger (?:thing|clip|probe|gadget)|oxigeno|сатурац\w*|кислород\w*|\w*اكسجين\w*|\w*اكسيجين\w*|sauerstoff\w*|sattigung\w*|sp02)"
_OXYGEN = Cued(
    _OXYGEN_WORDS,
    r"[^\d.!?;\n]{0,30}" + NUMBER + r"(?!\s*(?:/|mg|ml|kg|days?|weeks?|hours?|bpm|l\b|litres?|liters?|mins?|times))",
)
_OXYGEN_AFTER = re.compile(
    NUMBER
    + r"\s*%?\s*(?:on|at|in|for)?\s*(?:my|the)?\s*(?:air|room air|o2|oxygen|sats?\b|saturation|spo2|the clip|the finger|oksijen|oxigeno|кислород\w*)(?!\s*(?:is|was|at|[:=])?\s*\d)"
)
_PERCENT = re.compile(NUMBER + r"\s*%")
_BREATHS = re.compile(NUMBER + r"\s*(?:breaths?|respirations?|resps|nefes|respiraciones|вдох\w*|дыхани\w*|atemzug\w*|نفس)\b")
_BREATHING = Cued(
    r"(?:\brr\b|resp(?:iratory|irations?|s)? ?(?:rate)?|breath(?:s|ing)? ?(?:rate|count)?|breathing at|solunum\w*|\bsoluk(?= \d)|nefes sayi\w*|частота дыхания|чдд|atemfrequenz|\baf\b|frecuencia respiratoria|معدل التنفس)",
    r"\s*(?:is|was|of|:|=|at|about|around|counted)?\s*"
    + NUMBER
    + r"(?!\s*(?:%|/|mg|ml|days?|weeks?|hours?|mins?(?! )|secs?|times|out))",
)

SHORT_REPLY = 60
"""Characters up to which a number needs no word beside it."""
_ONE_BEFORE = re.compile(r"(?<![\d.,/])(\d{2,3})\s*%?\s*\Z")
"""A number right before its name: "98 sats, 72 pulse"."""
_LISTED = re.compile(r"[,،/]|\band\b")
_USUALLY = re.compile(
    r"(?:usual\w*|normal\w*|always|baseline|genelde|normalde|hep|siempre|обычно|всегда|عاده|دايما|normalerweise|sonst)\W{0,3}(?:\w+\W+)?\Z"
)
"""What the number is on other days."""
_EACH_MINUTE = re.compile(r"\s*(?:a|per|/|each|in a|in one)\s*min|,? counted|,? at rest")
"""Behind a number in answer to a question about breathing: breaths."""
_BODY_HEAT = (34.0, 43.0)
"""Degrees between which a number with a decimal is a temperature, not a pulse."""
_OF_AN_UNBORN = (110, 170)
"""Beats a minute of a child in the womb."""
_WOMB = re.compile(
    r"\bbaby'?s\b|\bthe baby\b|f(?:o)?etal|f(?:o)?etus|unborn|midwife|\bктг\b|\bплод|малыш|cardiotoc|del bebe|bebegin|fetus|\bctg\b|الجنين"
)
_FRONT = 28
"""Characters before a number in which such a word stands."""


def read(page: Page) -> None:
    """Puts every vital sign but temperature on the page."""
    _pairs(page)
    _systolic(page)
    _oxygen(page)
    _breathing(page)
    _pulse(page)


def _pairs(page: Page) -> None:
    for match in page.from_number(_PAIR):
        upper, lower = number(match[1]), number(match[3])
        if upper is None or lower is None or not page.free(*match.span()):
            continue
        told = bool(page.near(_PRESSURE, match)) or (
            page.asked in {"heart", "hypertension", "hypotension"} and match["by"] != "-"
        )
        if match["by"] == "-" and not told:
            continue
        if match["by"] == "и" and not (told and _spoken_pair(page, upper, lower)):
            continue
        _pair(page, match, upper, lower, told=told)


def _spoken_pair(page: Page, upper: float, lower: float) -> bool:
    """Whether "122 и 78" can be a pressure: as far apart as one is, and no pulse is named."""
    return 90 <= upper <= 260 and 40 <= lower <= 140 and upper - lower >= _APART and not re.search(_PULSE_WORDS, page.text)


_APART = 20
"""Millimetres of mercury between the two values of one pressure, at least."""


def _pair(page: Page, match: re.Match[str], upper: float, lower: float, *, told: bool) -> None:
    if 60 <= upper <= 300 and 30 <= lower <= 200 and upper > lower:
        page.put("systolic", upper, match, 1)
        page.put("diastolic", lower, match, 3)
    elif 6 <= upper <= 30 and 3 <= lower <= 20 and upper > lower and (told or "'" in match["by"] or (upper > 10 and lower == 10)):
        page.put("systolic", round(upper * 10, 1), match, 1)
        page.put("diastolic", round(lower * 10, 1), match, 3)
    elif told and lower != 10 and upper > 30:
        page.put("systolic", None, match, 0)


def _systolic(page: Page) -> None:
    for pattern in (_SYSTOLIC, _SINGLE):
        for match in page.to_number(pattern):
            value = number(match[1])
            if value is not None and 7 <= value <= 29 and pattern is _SYSTOLIC:
                value *= 10
            if value is not None and 50 <= value <= 300:
                page.put("systolic", value, match, 1)


def _oxygen(page: Page) -> None:
    for pattern, matches in ((_OXYGEN, page.to_number(_OXYGEN)), (_OXYGEN_AFTER, page.from_number(_OXYGEN_AFTER))):
        for match in matches:
            value = number(match[1])
            if pattern is _OXYGEN and _named_behind(page, match, "spo2", (50, 100)):
                continue
            if value is not None and (pattern is _OXYGEN or 50 <= value <= 100):
                page.put("spo2", value if value >= 50 else None, match, 1)
    for match in page.from_number(_PERCENT):
        value = number(match[1])
        oxygen = re.search(_OXYGEN_WORDS, page.text) or page.asked in {"breathing", "low_oxygen", "dyspnea"}
        if value is not None and oxygen and 70 <= value <= 100:
            page.put("spo2", value, match, 1)


def _breathing(page: Page) -> None:
    for match in page.from_number(_BREATHS):
        value = number(match[1])
        if re.match(r"\s*(?:a|per|in a|/|each|every|i|in|por|в|dakika\w*|pro|في)", page.text[match.end() :]) or (value or 0) >= 8:
            page.put("respiratory_rate", value, match, 1)
    for match in page.to_number(_BREATHING):
        value = number(match[1])
        if value is not None and value <= 80:
            page.put("respiratory_rate", value, match, 1)


def _pulse(page: Page) -> None:
    for pattern, matches in ((_PULSE, page.to_number(_PULSE)), (_BEATS, page.from_number(_BEATS))):
        for match in matches:
            value = number(match[1])
            if value is not None and value < 20 and pattern is _PULSE:
                continue  # "heart skipped 3 beats"
            if pattern is _PULSE and _named_behind(page, match, "heart_rate", (30, 250)):
                continue
            if value is not None and _OF_AN_UNBORN[0] <= value <= _OF_AN_UNBORN[1] and _unborn(page, match):
                continue
            if value is None or value.is_integer() or not _BODY_HEAT[0] <= value <= _BODY_HEAT[1]:
                page.put("heart_rate", value, match, 1)


def _unborn(page: Page, match: re.Match[str]) -> bool:
    """Whether it is the heartbeat of a child in the womb, which is quick."""
    return bool(_WOMB.search(page.text, max(0, match.start() - 45), match.start(1)))


def _named_behind(page: Page, match: re.Match[str], kind: str, among: tuple[int, int]) -> bool:
    """Whether in a list the number stands before its name, and the one behind belongs to the next: "98 sats, 72 pulse"."""
    before = _ONE_BEFORE.search(page.text, max(0, match.start() - 8), match.start())
    between = page.text[match.start() : match.start(1)]
    if before is None or not _LISTED.search(between) or not page.free(*before.span(1)):
        return False
    value = number(before[1])
    if value is None or not among[0] <= value <= among[1]:
        return False
    page.put(kind, value, before, 1)
    return True


_ORDINAL = re.compile(r"-?(?:th|st|nd|rd)\b|-(?:го|й|ый|ой|я|ая|е|ое|му|м|х)\b| (?:of (?:them|us|those|these)|из (?:них|нас))\b")
"""Behind a number it only numbers or counts: "89-го уровня", "all 72 of them"."""
_AT_ANOTHER_TIME = re.compile(
    r"now|then|later|after|again|st(?:and|ood)|sit|sat\b|rest|lying|lay\b|morning|evening|night|earlier|minute|hour|before|was\b|went|goes|up to"
    r"|потом|сейчас|теперь|после|встал|стоя|лежа|сидя|утр|вечер|ноч|днем|раньше|минут|час|снова|опять|был|до "
    r"|luego|despues|ahora|antes|de pie|tumbad|sentad|minuto|hora|simdi|sonra|once|sabah|aksam|gece|ayakta|otur|yatar|dakika|saat"
    r"|jetzt|danach|spater|vorher|morgen|abend|nacht|stehen|sitzen|liegen|stunde|war\b|الان|هسه|الحين|بعد|قبل|دقيق|ساع|صباح|مساء|ليل|واقف|نايم|جالس"
)
"""Words with which a second reading of the same kind is told."""


def _of_things(page: Page, match: re.Match[str], kind: str) -> bool:
    """Whether a reading of the kind stands in the message under its name, and this number in a sentence of other things."""
    named = [m for m in page.measures if m.kind == kind]
    if not named:
        return False
    begin, end = page.source.span(*match.span(1))
    text = page.source.original.lower()
    left, right = _END.split(text[:begin])[-1], _END.split(text[end:])[0]
    apart = all(_END.search(text, min(m.end, end), max(m.start, begin)) for m in named)
    return apart and bool(re.search(r"[^\W\d_]{3}", left + right)) and not _AT_ANOTHER_TIME.search(left + " " + right)


_END = re.compile(r"[.!?;\n](?!\d)")


def _no_reading(page: Page, match: re.Match[str]) -> bool:
    """Whether this bare number counts or numbers a thing, or is what it is on other days."""
    if page.counted(*match.span(1)) or _ORDINAL.match(page.text, match.end(1)):
        return True
    return bool(page.measures and _USUALLY.search(page.text, max(0, match.start() - _FRONT), match.start()))


def bare(page: Page) -> None:
    """A bare number in a short reply to a question about heart or breathing."""
    if len(page.text) > SHORT_REPLY:
        return
    for match in re.finditer(
        NUMBER
        + r"(?!\s*(?:mg|ml|kg|cm|days?|weeks?|hours?|hrs?|h\b|mins?|secs?|minutes|seconds|times|x\b|out of|/|years?|flights?|stairs|min|sek|dk|gun|yil|sene|ay\b|hafta|kat\b|tage|dias|мин|дн|час))",
        page.text,
    ):
        value = number(match[1])
        if value is None or not page.free(*match.span(1)) or _no_reading(page, match):
            continue
        if 70 <= value <= 100 and page.text[match.end() : match.end() + 2].strip().startswith("%"):
            page.put("spo2", value, match, 1)
        elif page.asked in {"heart", "palpitations", "heart_rate_abnormal"} and value.is_integer() and 30 <= value <= 250:
            if not _of_things(page, match, "heart_rate"):
                page.put("heart_rate", value, match, 1)
        elif page.asked in {"breathing", "dyspnea"} and 8 <= value <= 60 and _EACH_MINUTE.match(page.text, match.end(1)):
            page.put("respiratory_rate", value, match, 1)
        elif page.asked in {"breathing", "low_oxygen"} and value.is_integer() and 70 <= value <= 100:
            page.put("spo2", value, match, 1)
