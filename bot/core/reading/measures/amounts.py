"""Pain scores, sizes, durations, counts, tablets and weight."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.core.reading.measures.page import NUMBER, Cued, Page, number

_SCORE = re.compile(
    NUMBER
    + r"\s*(?:/|out of|outta|outof|out|over|from|of|oo|sobre|de|из|von|من|علي|auf|men|mn)\s*(?:a )?(?:10|ten)\b(?!\s*(?:days|people))"
)
_SCORE_TR = Cued(r"(?:10|on)", r" uzerinden\s*" + NUMBER)
_PAIN_WORDS = re.compile(
    r"pain\w*|ache\w*|aching|hurt\w*|sore\w*|tender|agony|sting\w*|throb\w*|cramp\w*|stiff\w*|burn\w*|knee|hip|back|neck|shoulder\w*|headache|killing|joint\w*|agri\w*|aci\w*|siz[il]\w*|dolor\w*|duele\w*|"
    r"бол[ьияе]\w*|болит|ноет|\w*الم\w*|\w*وجع\w*|\w*يوجع\w*|schmerz\w*|\bweh\b|\btut\b"
)
_ACHES = re.compile(
    r"pain|ache|aching|hurt|sore|tender|agony|sting|throb|cramp|burn|killing|agri|aci(?!k)|siz[il]|dolor|duele|бол[ьиея]|ноет|الم(?!\w)|وجع|schmerz|\bweh\b"
)
"""Pain by its name: what "10 out of 10" needs beside it, which else is praise."""
_NO_SCORE_BEFORE = re.compile(
    r"(?:\b(?:by|till|until|before|after|since|saat|a las|sobre las|um)|(?<!\w)(?:в|к|до|после|الساعه))\s+\Z"
)
"""Before a time of the day."""
_THAT_DAY = re.compile(r"yest\w*|last night|dun\b|ayer|anoche|вчера|امس|gestern")
SHORT_SCORE = 12
"""Characters up to which a bare "10/10" answers how much it hurts."""
THAT_DAY_FRONT = 18
"""Characters before a number in which "yesterday" is said of it."""
LONG_REPLY = 200
"""Characters from which a bare number is no answer to how much it hurts."""
_NAMED_PAIN = Cued(
    r"(?:pain|ache|soreness|agri\w*|dolor|боль|الم|الالم|schmerz\w*)",
    r"(?<!\bالم(?=\w))(?<!\wالم(?=\w))\s*(?:score|level|scale|is|was|now|today|about|around|at|maybe|like|a|:|=|-|,|of|es|de|un|on|siddeti|puan\w*)*\s*(?:\w+ )?"
    + NUMBER
    + r"(?!\s*(?:days?|weeks?|hours?|hrs?|h\b|mins?|times|x\b|mg|cm|months?|years?|%|/|gun|saat|dakk?a|dakika|yil|sene|dias?|anos?\b|tage|jahre|лет\b|года|дн|час))",
)
_BODY_SCORE = Cued(
    r"\b(?:back|hip|knee|shoulder|neck|head|belly|tummy|leg|arm|elbow|ankle|rodilla|espalda|cadera|спина|колено|голова|knie|rucken|kopf|dizim|belim|basim)",
    r"(?:'?s| is| was| are)?(?: now| about| like| maybe)* (?:an? |una? |на |ein )?"
    + NUMBER
    + r"(?!\s*(?:days?|weeks?|hours?|hrs?|h\b|mins?|times|x\b|mg|cm|mm|months?|years?|%|/|°|gun|saat|dias?|tage|дн|час|of\b|or\b|inch))",
)
_SIZE = re.compile(
    NUMBER
    + r"\s*(cms?|centimet\w*|santim\w*|centimetr\w*|см|сантиметр\w*|سم|سنتي\w*|mm|millimet\w*|мм|ملم|inch(?:es)?|in\b(?= (?:across|wide|diameter))|\"(?=\s|$)|pulgadas?|zoll)"
)
_GIRTH = re.compile(
    r"\bround\b|around|circumference|\bgirth|both|the other|mezura|cevre\w*|kalin\w*|contorno|perimetro|обхват\w*|окружност\w*|محيط|umfang|massband|dick|gleich|waden?\b"
)
_GIRTH_ITSELF = re.compile(NUMBER)
UNEQUAL = 2
"""Centimetres by which one limb is thicker than the other, or than before, when it counts as swollen on one side."""
_ROUND_IT = (15, 70)
"""Centimetres round a limb: no size of a red patch."""
_LENGTHS = {"c": 1.0, "s": 1.0, "с": 1.0, "س": 1.0, "m": 0.1, "м": 0.1, "م": 0.1, "i": 2.54, '"': 2.54, "p": 2.54, "z": 2.54}
_HOURS = {
    1 / 3600: r"secs?|seconds?|saniye\w*|segundos?|секунд\w*|сек|ثاني\w*|ثواني|sekunden?",
    1 / 60: r"mins?|minutes?|minuts?|dk|dakika\w*|minutos?|минут\w*|мин|دقيق\w*|دقايق|minuten?",
    1.0: r"hours?|hrs?|h|saat\w*|horas?|час\w*|ч|ساع\w*|stunden?|std",
    24.0: r"days?|dayz|dys|d|gun\w*|dias?|дн\w*|день|сут\w*|يوم\w*|ايام|tage?n?|nights?|gece\w*|noches?|ноч\w*|ليالي|ليله|nachte?n?",
    168.0: r"weeks?|wks?|hafta\w*|semanas?|недел\w*|اسبوع\w*|اسابيع|wochen?",
    730.5: r"months?|mths?|ay\b|aydir|meses|mes|месяц\w*|شهر\w*|اشهر|monaten?|monate?",
}
_SPAN = re.compile(
    NUMBER
    + r"(?:\s*-\s*\d+)?\s*\+?\s*(?:"
    + "|".join(f"(?P<u{i}>(?:{words})\\b)" for i, words in enumerate(_HOURS.values()))
    + r")"
)
_FACTORS = tuple(_HOURS)
_AGO = re.compile(
    r"\s*(?:\w+ )?(?:ago|back\b|earlier|before|after (?:the|my|it|treatment|infusion|lipo|donat)|since (?:the|my|treatment|infusion)|old\b|later|post|from now|until|till|to go|once|evvel|sonra|atras|despues|назад|спустя|после|قبل|بعد|nach)|\s*(?:on|out)\b"
)
_AGO_BEFORE = re.compile(r"(?:hace|vor|قبل|بعد|из|in|next|every|each|nach|через|after|last|cada|alle)\s*$")
_ORDINAL = re.compile(
    r"(?:\bday|\bnight|\bdia)\s*(?:number\s*)?(\d{1,3})\b(?=\s*(?:of|with|and|running|now|still|in a row|без|де|\Z|[.,!?]))|(\d{1,3})(?:st|nd|rd|th|\.)\s*(?:day|night|tag)\b(?! after)|"
    r"\b(second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\s+(?:day|night)\b|\b(?:(второй|третий|четвертый|пятый|шестой|седьмой|восьмой) (?:день|сутки))|"
    r"\b(ikinci|ucuncu|dorduncu|besinci|altinci|yedinci) gun|\b(segundo|tercer|cuarto|quinto|sexto|septimo) dia|(?:اليوم|لليوم) (الثاني|الثالث|الرابع|الخامس|السادس|السابع)|\b(zweiten?r?|dritten?r?|vierten?r?|funften?r?|sechsten?r?|siebten?r?) tag"
)
_TIME_WORDS = (
    *("hour", "day", "night", "week", "yest", "saat", "gun", "gece", "dun", "hafta", "hora", "dia", "anoche", "ayer", "semana"),
    *("час", "день", "дней", "сутки", "вечер", "вчера", "недел", "ساعه", "يوم", "امس", "اسبوع"),
    *("stunde", "tag", "gestern", "woche"),
)
"""What every length of time in words speaks of: a message with none of these holds none."""
_ORDINALS = {
    word: n
    for n, words in enumerate(
        (
            "second второй ikinci segundo الثاني zweiter zweiten zweite",
            "third третий ucuncu tercer الثالث dritter dritten dritte",
            "fourth четвертый dorduncu cuarto الرابع vierter vierten vierte",
            "fifth пятый besinci quinto الخامس funfter funften funfte",
            "sixth шестой altinci sexto السادس sechster sechsten sechste",
            "seventh седьмой yedinci septimo السابع siebter siebten siebte",
            "eighth восьмой",
            "ninth",
            "tenth",
        ),
        start=2,
    )
    for word in words.split()
}
_SPOKEN = (
    (re.compile(r"\bhalf an? hour\b|\byarim saat\b|\bmedia hora\b|полчаса|نصف ساعه|\bhalbe stunde\b"), 0.5),
    (
        re.compile(
            r"\b(?:for|about|over|an?|whole|entire|solid) (?:an? )?hour\b(?! ago| or so ago| after)|\buna hora\b|\beine stunde\b"
        ),
        1.0,
    ),
    (
        re.compile(
            r"\ball day\b|\bbutun gun\b|\btodo el dia\b|весь день|طول اليوم|\bden ganzen tag\b|\bsince (?:last night|the night)\b|\ball night\b|\bdun geceden beri\b|\bdesde anoche\b|с вечера|со вчерашнего вечера|من امس بالليل|\bseit gestern abend\b"
        ),
        12.0,
    ),
    (
        re.compile(
            r"\bsince (?:yesterday|yday|yest)\b|\bdunden beri\b|\bdesde ayer\b|со вчера\w*|من امس|\bseit gestern\b(?! abend)"
        ),
        24.0,
    ),
    (re.compile(r"\b(?:couple of|cple of|few) days\b(?! ago)|\bdos dias\b(?! atras)|пару дней|يومين|\bpaar tage\b"), 48.0),
    (
        re.compile(
            r"\b(?:a|one|whole|all|this past) week\b(?! ago| today| tomorrow| on)|\bbir haftadir\b|\buna semana\b|(?<!\w)(?:целую |уже )?неделю|من اسبوع|\beine?r? woche\b|\bfor a week\b"
        ),
        168.0,
    ),
    (
        re.compile(
            r"\b(?:fortnight|couple of weeks|two weeks)\b(?! ago)|\biki haftadir\b|\bdos semanas\b|две недели|اسبوعين|\bzwei wochen\b"
        ),
        336.0,
    ),
)
_TIMES = re.compile(
    NUMBER
    + r"\s*(?:or \d+ )?\+?(?:times|x\b|tims|goes\b|trips|visits|episodes|rounds|bouts|kez|kere|defa|veces|раз\w*|مرات|مره|mal\b|motions|poos|loose|vomitos|kusma\w*|tur\b|рвот\w*|قي)"
)
_TWICES = {
    "once": 1,
    "twice": 2,
    "thrice": 3,
    "iki kere": 2,
    "iki kez": 2,
    "dos veces": 2,
    "дважды": 2,
    "مرتين": 2,
    "zweimal": 2,
    "dreimal": 3,
    "several times": 4,
    "loads of times": 6,
    "many times": 6,
}
_PARACETAMOL = r"(?:paracetamol\w*|tylenol\w*|acetaminophen|panadol\w*|parol\w*|calpol|efferalgan|doliprane|парацетамол\w*|панадол\w*|\w*باراسيتامول|\w*بنادول|\w*بندول|\w*باندول|apotel|gelocatil|cocodamol|co-codamol)"
_TABLETS = re.compile(
    NUMBER
    + r"\s*(?:x\s*(\d{3,4})\s*(?:mg)?\s*)?(?:tablets?|tabs?|pills?|capsules?|caps|tane|adet|pastillas?|comprimidos?|таблет\w*|штук\w*|حب\w*|tabletten|stuck)?\s*(?:of|de|von|من)?\s*(?:the |my )?(?:(\d{3,4})\s*mg\s*)?"
    + _PARACETAMOL
)
_MILLIGRAMS = re.compile(NUMBER + r"\s*(mg|g|grams?|mgs|gr|гр?|мг|غرام)\b\s*(?:of|de|von|من)?\s*" + _PARACETAMOL)
_AFTERWARDS = Cued(
    _PARACETAMOL,
    r"[^\d.!?;\n]{0,25}"
    + NUMBER
    + r"\s*(?:tablets?|tabs?|pills?|capsules?|of them|times|таблет\w*|tane|pastillas|حب\w*|tabletten)",
)
_WEIGHT = Cued(
    r"(?:put on|gained|gain of|up(?: by)?|heavier by|\+|weight(?:'s|s| is)? (?:up|gone up)(?: by)?|aldim|subido|engordado|поправил\w* на|набрал\w*|прибав\w*|\w*زاد\w*|zugenommen|zugelegt)",
    r"\s*(?:about|nearly|over|almost|some|another|by|around|me|de)*\s*"
    + NUMBER
    + r"\s*(kgs?|kilos?|kilogram\w*|lbs?|pounds?|кг|кило\w*|كيلو\w*|كغ)\b",
)
_WEIGHT_AFTER = re.compile(
    NUMBER
    + r"\s*(kgs?|kilos?|lbs?|pounds?|кг|кило\w*|كيلو\w*)\s*(?:\w+ ){0,3}?(?:aldim|heavier|more|gained|up\b|weight gain|mas\b|zugenommen|прибав\w*|زياده)"
)
_LOSS = re.compile(r"lost|loss|lighter|down|less|dropped|verdim|perdi\w*|похудел\w*|потерял\w*|نزل|فقدت|abgenommen|verloren")
_TWICE = re.compile(r"\b(" + "|".join(_TWICES) + r")\b")


@dataclass(frozen=True, slots=True)
class Times:
    """``6 times``: what happened so often is for the findings beside it to say. Offsets into the original text."""

    value: float
    start: int
    end: int


def read(page: Page) -> list[Times]:
    """Puts scores, sizes, tablets, weight and durations on the page; returns the bare counts."""
    _scores(page)
    _tablets(page)
    _weights(page)
    _sizes(page)
    times = _times(page)
    _durations(page)
    return times


def _scores(page: Page) -> None:
    for matches in (page.from_number(_SCORE), page.to_number(_SCORE_TR)):
        for match in matches:
            if page.free(*match.span()) and _painful(page, number(match[1])):
                page.put("pain", number(match[1]), match, 0)
    for cued in (_NAMED_PAIN, _BODY_SCORE):
        for match in page.to_number(cued):
            value = number(match[1])
            if value is not None and value <= 10:
                page.put("pain", value, match, 1)


def _painful(page: Page, value: float | None) -> bool:
    if value == 10:
        return bool(_ACHES.search(page.text)) or (page.asked in {"pain", "pain_other"} and len(page.text) <= SHORT_SCORE)
    return page.asked in {"pain", "injection_site", "legs", "pain_other"} or bool(_PAIN_WORDS.search(page.text))


def bare_score(page: Page) -> None:
    """A bare number in reply to a question about pain; where a score of ten was given, that one counts alone."""
    if any(m.kind == "pain" for m in page.measures) or len(page.text) > LONG_REPLY:
        return
    found: list[re.Match[str]] = []
    for match in re.finditer(
        NUMBER
        + r"(?!\s*(?:mg|ml|kg|cm|days?|weeks?|hours?|hrs?|h\b|mins?|times|x\b|years?|%|°|tablets?|pills?|paracetamol|°|gun|saat|dakk?a|dakika|yil|sene|dias?|anos?\b|tage|jahre|лет\b|года|дн|час))",
        page.text,
    ):
        value = number(match[1])
        timed = _NO_SCORE_BEFORE.search(page.text, 0, match.start())
        if value is not None and value <= 10 and page.free(*match.span(1)) and not timed and not page.counted(*match.span(1)):
            found.append(match)
    before = [m for m in found if _THAT_DAY.search(page.text[max(0, m.start() - THAT_DAY_FRONT) : m.start()])]
    for match in found if len(before) == len(found) else [m for m in found if m not in before]:
        page.put("pain", number(match[1]), match, 1)


def _tablets(page: Page) -> None:
    for match in page.from_number(_MILLIGRAMS):
        value = number(match[1])
        grams = match[2].startswith(("g", "г", "غ"))
        page.put("paracetamol", None if value is None else value * (1 if grams else 0.001), match, 1)
    for match in page.from_number(_TABLETS):
        value = number(match[1])
        strength = float(match[2] or match[3] or 500)
        page.put("paracetamol", None if value is None else value * strength / 1000, match, 1)
    for match in page.to_number(_AFTERWARDS):
        value = number(match[1])
        page.put("paracetamol", None if value is None else value / 2, match, 1)


def _weights(page: Page) -> None:
    for matches in (page.to_number(_WEIGHT), page.from_number(_WEIGHT_AFTER)):
        for match in matches:
            value = number(match[1])
            if value is not None and value <= 50 and not _LOSS.search(page.text[max(0, match.start() - 20) : match.end() + 12]):
                page.put("weight_gain", value * (0.4536 if match[2][0] in "lp" else 1), match, 1, 2)


def _sizes(page: Page) -> None:
    for match in page.from_number(_SIZE):
        value = number(match[1])
        if value is not None and _ROUND_IT[0] <= value <= _ROUND_IT[1] and (page.asked == "legs" or page.near(_GIRTH, match)):
            page.take(*match.span())
            girths = [number(m[1]) or 0.0 for m in page.from_number(_GIRTH_ITSELF)]
            round_it = [girth for girth in girths if _ROUND_IT[0] <= girth <= _ROUND_IT[1]][:2]
            if max(round_it) - min(round_it) >= UNEQUAL:
                page.unequal = page.source.span(*match.span())
            continue
        page.put("redness", None if value is None else round(value * _LENGTHS[match[2][0]], 2), match, 0)


def _times(page: Page) -> list[Times]:
    found = []
    for match in page.from_number(_TIMES):
        value = number(match[1])
        if value is not None and page.free(*match.span()):
            page.take(*match.span())
            found.append(Times(value, *page.source.span(*match.span())))
    found += _in_words(page)
    return found


def _durations(page: Page) -> None:
    for match in page.from_number(_SPAN):
        value = number(match[1])
        if value is None or not page.free(*match.span()):
            continue
        if _AGO.match(page.text, match.end()) or _AGO_BEFORE.search(page.text[max(0, match.start() - 30) : match.start()]):
            page.take(*match.span())
            continue
        factor = _FACTORS[next(i for i in range(len(_FACTORS)) if match[f"u{i}"])]
        page.put("duration", round(value * factor, 3), match, 0)
    _spoken_durations(page)


def spoken(page: Page) -> list[Times]:
    """Counts and durations that need no digit: "twice", "all day", "fourth day"."""
    _spoken_durations(page)
    return _in_words(page)


def _in_words(page: Page) -> list[Times]:
    if not any(word in page.text for word in _TWICES):
        return []
    return [Times(_TWICES[match[1]], *page.source.span(*match.span())) for match in _TWICE.finditer(page.text)]


def _spoken_durations(page: Page) -> None:
    if not any(word in page.text for word in _TIME_WORDS):
        return
    for match in _ORDINAL.finditer(page.text):
        word = next(group for group in match.groups() if group)
        day = _ORDINALS.get(word) or (int(word) if word.isdigit() else 0)
        if day >= 2:
            page.put("duration", (day - 1) * 24.0 + 1, match, 0)
    for pattern, hours in _SPOKEN:
        for match in pattern.finditer(page.text):
            page.put("duration", hours, match, 0)
