"""Body temperature in degrees Celsius, whatever scale, comma, half or language the patient used.

A bare 95 to 108 beside words of fever is Fahrenheit, 34 to 43 Celsius (clinical content, part 0.3). Corrections ("sorry,
meant 37.9") replace what they correct. A reading from the armpit carries the quality ``armpit``.
"""

from __future__ import annotations

import re

from bot.core.clinical.finding import Measure
from bot.core.reading.measures.page import NUMBER, Page, number

_WORDS = (
    r"(?:temp\w*|tepm\w*|tmep\w*|tempra\w*|tempat\w*|fever\w*|fevr|feber|thermom\w*|feverish|burning up|boiling|hot|\bates\w*|derece\w*|fiebre|calentura|temperatura|termometr\w*|grados|"
    r"температур\w*|жар\w*|градус\w*|лихорад\w*|термометр\w*|\w*حرار\w*|\w*سخون\w*|حم[يى]|\w*درج\w*|fieber\w*|temperatur\w*|grad|🌡|🤒)"
)
_NEAR = re.compile(_WORDS)
_UNIT = r"(?:\s*(?:°|degrees?|deg|degs|grad|grados|derece\w*|градус\w*|درج\w*)?\s*(c|f|celsius|celcius|centigrade|santigrat|цельси\w*|fahrenheit|farenheit|fahrenhit)\b|\s*(°|degrees?|deg\b|grados|derece|градус\w*|درجه|grad\b))"
_HALF = r"(?:\s*(?:and a half|n a half|& a half|1/2|bucuk|y media|y medio|y pico|с половиной|и половин\w*|ونصف|و نصف|ونص|و نص|einhalb|und ein halb\w*|\.5))"
_AND = r"(?:\s*(?:and|и|y|ve|и|و|und|point|punto|nokta|virgul|komma|coma|запятая|точка|فاصله)\s*)([0-9])(?![\d.,])"
_NUMBER_HALF, _NUMBER_AND, _NUMBER_UNIT = (re.compile(NUMBER + rest) for rest in (_HALF, _AND, _UNIT))
_BARE = re.compile(
    NUMBER
    + r"(?!\s*(?:%|/|mg|ml|kg|kilo|cm|mm\b|bpm|mmol|beats|mins?\b|minutes|hours?|hrs?|h\b|days?|weeks?|months|years?|times|x\b|out of|von|из|من|uzerinden|sobre|mil\b|of (?:them|us)\b)|:\d\d|-(?:й|я|го|му|м|ый|ой|ая|ое|е)\b|(?:th|st|nd|rd)\b)"
)
_SECOND_OF_PAIR = re.compile(r"(?:\d:|(?:/|\bover|на|علي|\bout of|\baus|\bvon|\bиз|\dمن|\d من|(?<!\d)[0-2]?\d-)\s*)$")
_TWO_DECIMALS = re.compile(r"[.,]\d\d\Z")
_BELOW_ZERO = re.compile(r"(?:\bminus|\bминус|\beksi|\bmenos|تحت الصفر)\s*$")
_MY_OWN = re.compile(
    r"(?:\A|[,.;:!?\n-]\s*|\b(?:y|und|and) )(?:me|mine|i say|i'm|im|i (?:register|read|am|measure)|myself|inside me|а сам[аи]?|сам[аи]?|у меня сам(?:ой|ого)|моя|yo(?: a)?|mio|ich(?: selber| selbst)?(?: bin| hab\w*)?|ben(?:de|im|imki)?|kendim|v[uü]cudum|у меня|я|انا|عندي)\s*:?\s*\Z"
)
"""Sets the writer's own number against another: "greenhouse says 38, me 36.7"."""
_WELL = (35.5, 37.4)
"""Degrees at which one's own number reports nothing."""
_DEGREES = re.compile(r"\bderece\w*|\bgrados|\bградус\w*|\w*درج\w*|\bgrad\b")
"""The unit says nothing of whose they are."""
_BEFORE = re.compile(
    r"earlier|yesterday|morning|night|evening|last|this|was|before|ayer|anoche|antes|dun|sabah|gece|вчера|утром|ночью|был|امس|الصبح|gestern|nacht|vorhin|morgens|fruh"
)

_ARMPIT = re.compile(
    r"armpit|under (?:the |my |his |her )?arm\b|axill?a\w*|koltuk ?alt\w*|axila|sobaco|подмыш\w*|ابط|الابط|achsel\w*"
)
_CORRECTION = re.compile(
    r"\b(?:sorry|meant|mean|correction|typo|oops|scratch that|i meant|make that|actually|rather|not \d+(?:[.,]\d+)?,? (?:but|its?)|"
    r"pardon|yani|yanlis|duzeltme|perdon|quise decir|digo|то есть|ошиб\w*|вернее|точнее|اقصد|عفوا|اسف|meinte|korrektur|besser gesagt)\b|\*(?=\s*\d)"
)
_USUAL = re.compile(
    r"\b(?:if|over|above|below|under|until|unless|reaches|hits|goes|target|limit|threshold|or more|or higher|normally|usually|normal is)\s*(?:it\s*)?(?:is|goes|gets|hits|over|above|of)?\s*$"
)


def read(page: Page) -> None:
    """Puts every temperature on the page."""
    start = len(page.measures)
    _halves(page)
    _with_unit(page)
    _spaced(page)
    _bare(page)
    page.measures[start:] = _set_against(_corrected(page.measures[start:], page), page)


def celsius(value: float, unit: str) -> float | None:
    """Degrees Celsius, to one decimal; Fahrenheit by its letter, or by size where no letter is given."""
    if unit.startswith("f") or (not unit and 93 <= value <= 115):
        return round((value - 32) / 1.8, 1)
    return round(value, 1)


def _halves(page: Page) -> None:
    for match in page.from_number(_NUMBER_HALF):
        value = number(match[1])
        if value is not None and (34 <= value <= 43 or 94 <= value <= 110):
            page.put("temperature", celsius(value + 0.5, ""), match, 0, qualities=_qualities(page, match))
    for match in page.from_number(_NUMBER_AND):
        value = number(match[1])
        if value is not None and value.is_integer() and (35 <= value <= 42 or 95 <= value <= 107):
            page.put("temperature", celsius(value + int(match[2]) / 10, ""), match, 0, qualities=_qualities(page, match))


def _with_unit(page: Page) -> None:
    for match in page.from_number(_NUMBER_UNIT):
        value, unit = number(match[1]), match[2] or ""
        if unit == "c" or unit.startswith("f") or _plausible(value) or (_asked(page) and match[3]):
            if _supposed(page, match):
                page.take(*match.span())
                continue
            page.put("temperature", None if value is None else celsius(value, unit), match, 0, qualities=_qualities(page, match))


def _bare(page: Page) -> None:
    bare_answer = _asked(page) and re.fullmatch(r"\W*(?:\w+\W+){0,3}[\d.,]+\W*(?:\w+\W*){0,2}", page.text)
    for match in page.from_number(_BARE):
        if _SECOND_OF_PAIR.search(page.text[max(0, match.start() - 30) : match.start()]):
            continue
        value = number(match[1])
        spoken = page.near(_NEAR, match, 60, 25) or _asked(page)
        decimal = value is not None and not value.is_integer() and 34 <= value < 43
        if (decimal or spoken) and not page.near(_NEAR, match, 60, 25) and page.counted(*match.span(1)):
            continue
        if (decimal and not _price(page, match)) or (spoken and _plausible(value)):
            if not _supposed(page, match):
                page.put("temperature", celsius(value or 0, ""), match, 1, qualities=_qualities(page, match))
        elif bare_answer or (spoken and _right_after_word(page, match) and value is not None and value > 43):
            page.put("temperature", _impossible(value), match, 1)


def _price(page: Page, match: re.Match[str]) -> bool:
    """Whether it has two decimals, and nothing speaks of a temperature: no thermometer shows so many."""
    return bool(_TWO_DECIMALS.search(match[1])) and not (_asked(page) or page.near(_NEAR, match, 60, 25))


def _right_after_word(page: Page, match: re.Match[str]) -> bool:
    return bool(
        re.search(
            r"(?:temp|temperature|ates\w*|temperatura|fiebre|температура|fieber|الحراره|حرارتي)\s*(?:is|was|:|=|de|von|علي)?\s*$",
            page.text[: match.start()],
        )
    )


def _spaced(page: Page) -> None:
    """``38 5`` and ``40 1`` where a temperature was asked for, or stands beside its word."""
    for match in re.finditer(
        r"(?<![\d.,])(3[5-9]|4[0-2]) (\d)(?![\d.,/]|\s*(?:/|out|h\b|hours?|days?|times|min|weeks?|people))", page.text
    ):
        if _asked(page) or page.near(_NEAR, match, 60, 25):
            page.put("temperature", float(f"{match[1]}.{match[2]}"), match, 0, qualities=_qualities(page, match))


def _asked(page: Page) -> bool:
    return page.asked in {"temperature", "fever"}


def _plausible(value: float | None) -> bool:
    return value is not None and (34 <= value <= 43 or 94 <= value <= 110)


def _impossible(value: float | None) -> float | None:
    return None if value is None or 25 <= value <= 45 else value


def _supposed(page: Page, match: re.Match[str]) -> bool:
    left = page.text[max(0, match.start() - 25) : match.start()]
    return bool(_USUAL.search(left) or _BELOW_ZERO.search(left))


def _set_against(found: list[Measure], page: Page) -> list[Measure]:
    """Without the degrees of a thing that the writer sets against their own, which are normal; what was before stays."""
    text = page.source.original.lower()
    own = [m for m in found if _WELL[0] <= m.value <= _WELL[1] and _MY_OWN.search(text, 0, m.start)]
    if not own or _BEFORE.search(text) or _NEAR.search(_DEGREES.sub("", text)):
        return found
    return own


def _qualities(page: Page, match: re.Match[str]) -> frozenset[str]:
    return frozenset({"armpit"}) if page.near(_ARMPIT, match, 60, 40) else frozenset()


def _corrected(found: list[Measure], page: Page) -> list[Measure]:
    kept: list[Measure] = []
    for measure in sorted(found, key=lambda m: m.start):
        if kept and _CORRECTION.search(_between(page, kept[-1].end, measure.start)):
            kept.clear()
        kept.append(measure)
    return kept


def _between(page: Page, start: int, end: int) -> str:
    return page.source.original[start:end].lower()
