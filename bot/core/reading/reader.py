"""Both rule-based readers on one message: findings, measures, and what was left unread.

A further reader (the learned recogniser) joins here: it adds findings, it takes none away, and it decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core.clinical.finding import Finding, Measure, Reader, Status
from bot.core.clinical.patient import Risk
from bot.core.reading.answers import bare_answer
from bot.core.reading.context import Context
from bot.core.reading.lexicon import Kind, Lexicon
from bot.core.reading.measures.amounts import Times
from bot.core.reading.measures.page import PLAUSIBLE, UNITS
from bot.core.reading.measures.reader import Readings, read_measures
from bot.core.reading.medicines import risks_named, risks_taken
from bot.core.reading.normalise import READ_IN_DETAIL, Normalised, normalise
from bot.core.reading.numbers import in_digits
from bot.core.reading.patterns import Match
from bot.core.reading.thinning import thinned
from bot.core.reading.tokens import tokenise
from bot.core.reading.vocabulary import Reading, findings_of, read_vocabulary

PIECE = 1_500
"""Characters of a very long message that are scanned at a time, beyond what is read in detail."""
OVERLAP = 150
"""Characters that two pieces share, so that nothing is cut in half."""
RESTING_PULSE = (51, 100)
"""Beats a minute that are nothing to report (clinical content, part 0.3)."""
RESTING_HEAT = (36.0, 37.4)
"""Degrees that nobody minds, whosever they are: "greenhouse says 38, me 36.7"."""
_RECOVERED = re.compile(
    r"(?:back|down|recover\w*|now|rest|ahora|despues|luego|jetzt|danach|wieder|simdi|sonra|теперь|сейчас|через|الحين|هسه|دلوقتي|بعد|بالبيت|الراحه|ونزل|نزل)\D{0,25}(\d{2,3})(?!\d|[.,]\d)"
)
AROUND = 35
"""Characters around a temperature in which the weather speaks."""
_WEATHER = re.compile(
    r"in the shade|outside|outdoors|asphalt|\boven\b|heat ?wave|weather|sauna|\bpool\b|\bsea\b|\broom\b|in the sun\b|degrees (?:here|in [a-zçé]+ today|today)"
    r"|a la sombra|grados en (?!casa|boca|axila|cama|reposo|ayunas|total|seguida|minutos|horas)[a-zñáéíóú]{4,}(?=[,.;!]|\Z)|\b(?:en|dentro de) (?:el|la) (?!boca|axila|cama|frente)\w{4,} (?:hay|hacen?|estamos a) \d|en la calle|de t[eé]rmica|sensaci[oó]n t[eé]rmica|hace calor|en la playa|al sol|horno|s[ıi]ca[ğg][ıi]|s[ıi]cakta|hava s|havas[ıi]|hava durumu|gölge|golge|ayaz|güneşte|guneste|bekleniyor|\boda (?:s[ıi]cakl|derece|\d)|d[ıi]şar[ıi]da|disarida|f[ıi]r[ıi]n|на улице|в тени|жара|на солнце|духовк|бан[яе]\b|теплиц|в помещени|мороза|саун|парилк|greenhouse|temperature outside|outside temperature"
    r"|الجو|برا|الظل|الشمس|الفرن|التلاج|الثلاج|الطقس|مكيف|grad (?:in|auf) (?:der|dem|unserer|unserem|meiner|meinem) (?!achsel|ruhe|klinik)[a-zäöüß]{4,}|\b(?:hats|hots|es hat|hat es) (?:\w+ )?\d+ ?grad|\b(?:im|in der|in) (?!mund|achsel|ohr|ruhe|liegen|sitzen|stehen|schnitt|moment|bett|klinik)[a-zäöüß]{4,} (?:(?:sind|waren|hat|hats|ist|war) )?(?:es )?\d+ ?grad|gewächshaus|draußen|im schatten|backofen|badewasser|grad in (?!achsel|ruhe|mund|summe|minuten|stunden)[a-zäöüß]{4,}(?=[,.;!]|\Z)|\bgpu\b|serverraum|im laden|küche hat|\bdrau[sß]+e?n\b|hitzewelle|wetter|in der sonne|sauna"
)
_OF_A_BODY = re.compile(
    r"\bmy\b|\bi'm\b|\bim (?:at|a|on|up|hot|now|still|running|burning|boiling|feeling)\b|fever|temp\b|temperature|thermomet|fiebre|calentura|tengo|termómetro|ateş|ates|derecem|темпер|термометр|градусник|حرارتي|سخونة|حمى|fieber|temperatur|thermometer|\bhabe?\b"
)
_OUTDOORS = re.compile(
    r"(?:temperature|temp|температура) (?:outside|outdoors|in the|на улице|в теплице|в бане|в помещении)|outside temp\w*"
)
"""The weather's temperature is no body's."""
LABEL_REACH = 16
"""Characters between the name of a reading and its value: "temperature this morning 36.5"."""
_PAUSE = re.compile(r"[.,;!?\n]|\d")
_LABELS = {"fever": ("temperature", (36.0, 37.4)), "pain_other": ("pain", (0.0, 0.0))}
"""Symptoms whose name is also that of a reading: the reading, and the values at which the name alone reports nothing."""
_NOT_OWN = frozenset({Status.OTHER_PERSON, Status.PAST})
_NOT = re.compile(r"(?<!\w)(?:not|nicht|no|не|değil|degil|مو|مش|ليس)\s+(?:the |las |die )?\Z")
"""Right before a number it takes the number back."""
PAIR = 8
"""Characters between the two halves of one reading: "180 over 60"."""
ONE_DOSE, DAYS_DOSE = 1.0, 4.0
"""Grams of paracetamol (B44: more than 4 g a day is an overdose even if well)."""
NEAREST = 60
"""Characters within which a count or a duration belongs to a finding."""
_LASTING = {
    "urinary_symptoms": ("urine_gap", 1.0, frozenset({"no_urine", "cannot_pass", "little_urine"})),
    "sepsis": ("urine_gap", 1.0, frozenset({"no_urine"})),
    "bleeding_bruising": ("bleeding_time", 60.0, frozenset({"nose", "wont_stop", "spurting"})),
}
"""Symptoms whose duration is a measure of its own: kind, factor from hours, the qualities of which one must be there."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Everything that both readers made of one message."""

    findings: tuple[Finding, ...]
    measures: tuple[Measure, ...]
    impossible: tuple[str, ...]
    reading: Reading
    risks: frozenset[Risk] = frozenset()
    """Those that the message itself names: a medicine that is taken."""
    others: tuple[Measure, ...] = ()
    """Readings of somebody else, who may be the patient of whoever writes."""


def read(text: str, lexicon: Lexicon, asked: str | None = None, *, diabetic: bool = False) -> Heard:
    """Reads a message. ``asked`` is the topic of the open question or the symptom of a clarifying one; never fails."""
    source = normalise(text)
    reading = read_vocabulary(tokenise(source, stop=READ_IN_DETAIL), lexicon)
    detail = Normalised(source.original, source.text[:READ_IN_DETAIL], source.offsets)
    digits = in_digits(detail, lexicon.numbers)
    readings = read_measures(digits, asked, diabetic=diabetic, things=lexicon.thing, plurals=lexicon.plural)
    findings = thinned(reading.findings + _scanned(source, lexicon))
    if not any(f.status is Status.PRESENT for f in findings):
        findings += bare_answer(reading, readings, asked, text, lexicon)
    of_a_body = [m for m in readings.measures if not _of_weather(m, reading.context)]
    whose = [(m, _spoken_of(m, reading, source)) for m in of_a_body]
    measures = [m for m, status in whose if status is Status.PRESENT]
    others = tuple(m for m, status in whose if status is Status.OTHER_PERSON)
    measures = _taken_back(_after_rest(measures, reading.context), source)
    findings = tuple(_labelled(f, measures, source) for f in _few_tablets(findings, measures)) + _measured_legs(
        readings, source, lexicon
    )
    measures += _derived(findings, measures, readings.times, asked)
    risks = risks_named(detail.text) | risks_taken(reading.context)
    return Heard(findings, tuple(measures), readings.impossible, reading, risks, others)


def _taken_back(measures: list[Measure], source: Normalised) -> list[Measure]:
    """Without what a correction takes back, where another reading of the kind stands: "37.9, not 39.7"."""
    text, ends = source.original.casefold(), -AROUND
    kept: list[Measure] = []
    for measure in measures:
        others = any(m.kind == measure.kind and m is not measure for m in measures)
        second = measure.kind == "diastolic" and measure.start - ends <= PAIR
        back = second or _NOT.search(text, max(0, measure.start - AROUND), measure.start)
        if back and others and measure.kind != "duration":
            ends = measure.end
        else:
            kept.append(measure)
    return kept if {m.kind for m in kept} >= {m.kind for m in measures} else measures


def _few_tablets(findings: Sequence[Finding], measures: Sequence[Measure]) -> tuple[Finding, ...]:
    """A count of paracetamol within a dose reports no overdose; more, within a day's, is asked about. The number decides."""
    taken = sum(m.value for m in measures if m.kind == "paracetamol")
    kept = []
    for finding in findings:
        inside = [m.kind for m in measures if finding.start <= m.start < finding.end]
        counts = finding.symptom == "overdose_poisoning" and finding.qualities <= {"paracetamol"} and inside
        if counts and "paracetamol" not in inside:
            continue  # "paracetamol brought it to 37.2": the number is another reading's
        if not counts or taken > DAYS_DOSE:
            kept.append(finding)
        elif taken > ONE_DOSE:
            kept.append(replace(finding, status=Status.HYPOTHETICAL))
    return tuple(kept)


def _measured_legs(readings: Readings, source: Normalised, lexicon: Lexicon) -> tuple[Finding, ...]:
    """One limb measured thicker than the other: swollen on one side."""
    if readings.unequal is None or "deep_vein_thrombosis" not in lexicon.declared:
        return ()
    start, end = readings.unequal
    qualities = frozenset({"one_sided", "swollen"}) & lexicon.declared["deep_vein_thrombosis"]
    text = source.original[start:end]
    return (
        Finding(symptom="deep_vein_thrombosis", text=text, start=start, end=end, qualities=qualities, reader=Reader.MEASURES),
    )


def _scanned(source: Normalised, lexicon: Lexicon) -> tuple[Finding, ...]:
    """What the rest of a very long message mentions: piece by piece, the first mention of each kind only."""
    found: dict[tuple[str, Status, frozenset[str]], Finding] = {}
    for begin in range(READ_IN_DETAIL - OVERLAP, len(source.text) - OVERLAP, PIECE - OVERLAP):
        for finding in findings_of(tokenise(source, begin, begin + PIECE), lexicon):
            found.setdefault((finding.symptom, finding.status, finding.qualities), finding)
    return tuple(found.values())


def _spoken_of(measure: Measure, reading: Reading, source: Normalised) -> Status:
    """Whose the reading is and of when: PRESENT where it is the patient's and of now."""
    context = reading.context
    if context is None or not len(context.tokens):
        return Status.PRESENT
    at = _token_at(measure.start, context)
    place = Match(0, at, at, 1 << at)
    status = context.status(place)
    if status in _NOT_OWN:
        return status
    if _supposed(place, context) or context.quoted(place):
        return Status.HYPOTHETICAL
    # "My colleague has fever 40. I am fine": right behind its name it is whose the name is.
    named = [f.status for f in reading.findings if _is_name_of(f, measure, source)]
    return named[0] if named and _NOT_OWN.issuperset(named) else Status.PRESENT


def _supposed(place: Match, context: Context) -> bool:
    return context.status(place) is Status.HYPOTHETICAL and bool(context.of_kind(Kind.SUPPOSED))


def _after_rest(measures: list[Measure], context: Context | None) -> list[Measure]:
    """A pulse of sport is no pulse at rest: where the message goes on to one at rest that is normal, that one counts."""
    pulses = [m for m in measures if m.kind == "heart_rate"]
    if context is None or not pulses or not context.of_kind(Kind.EXERTION):
        return measures
    at_rest = pulses[-1]
    if len(pulses) > 1 and RESTING_PULSE[0] <= at_rest.value <= RESTING_PULSE[1]:
        return [m for m in measures if m is at_rest or m.kind != "heart_rate"]
    later = context.tokens.source.text[at_rest.end :]
    recovered = any(RESTING_PULSE[0] <= int(m[1]) <= RESTING_PULSE[1] for m in _RECOVERED.finditer(later))
    return [m for m in measures if m.kind != "heart_rate"] if recovered else measures


def _of_weather(measure: Measure, context: Context | None) -> bool:
    """Whether the degrees are those of a street, a room or an oven, and no body is named beside them."""
    if measure.kind != "temperature" or context is None or RESTING_HEAT[0] <= measure.value <= RESTING_HEAT[1]:
        return False
    text = context.tokens.source.original.casefold()
    around = text[max(0, measure.start - AROUND) : measure.end + AROUND]
    return bool(_WEATHER.search(around)) and not _OF_A_BODY.search(_OUTDOORS.sub("", around))


def _labelled(finding: Finding, measures: Sequence[Measure], source: Normalised) -> Finding:
    """In "temperature 36.5" and "pain 0" the word only says what was measured: a normal value right behind it denies the symptom."""
    if finding.status is not Status.PRESENT or finding.qualities or len(finding.text.split()) > 1:
        return finding
    for measure in measures:
        if _is_name_of(finding, measure, source):
            low, high = _LABELS[finding.symptom][1]
            if low <= measure.value <= high:
                return replace(finding, status=Status.NEGATED)
    return finding


def _is_name_of(finding: Finding, measure: Measure, source: Normalised) -> bool:
    between = source.original[finding.end : measure.start]
    beside = finding.end <= measure.start and len(between) <= LABEL_REACH and not _PAUSE.search(between)
    return beside and _LABELS.get(finding.symptom, ("", ()))[0] == measure.kind


def _token_at(offset: int, context: Context) -> int:
    tokens = context.tokens
    at = 0
    for index in range(len(tokens)):
        if tokens.source.span(tokens.start[index], tokens.end[index])[0] <= offset:
            at = index
        else:
            break
    return at


def _derived(
    findings: Sequence[Finding], measures: Sequence[Measure], times: Sequence[Times], asked: str | None
) -> list[Measure]:
    present = [f for f in findings if f.status is Status.PRESENT]
    made: list[Measure] = []
    for count in times:
        beside = _nearest(count.start, [f for f in present if f.symptom in {"nausea_vomiting", "diarrhoea"}])
        if beside is not None:
            kind = "vomits" if beside.symptom == "nausea_vomiting" else "stools"
            made.append(_measure(kind, count.value, count.start, count.end))
        elif asked == "bowels" and not findings:  # "eight times since the morning"
            made.append(_measure("stools", count.value, count.start, count.end))
    for measure in measures:
        if measure.kind != "duration":
            continue
        for finding in present:
            kind, factor, needed = _LASTING.get(finding.symptom, ("", 0.0, frozenset()))
            if kind and finding.qualities & needed:
                made.append(_measure(kind, round(measure.value * factor, 2), measure.start, measure.end, measure.text))
    return [m for m in made if PLAUSIBLE[m.kind][0] <= m.value <= PLAUSIBLE[m.kind][1]]


def _nearest(start: int, findings: Sequence[Finding]) -> Finding | None:
    near = [f for f in findings if min(abs(f.start - start), abs(f.end - start)) <= NEAREST]
    return min(near, key=lambda f: min(abs(f.start - start), abs(f.end - start)), default=None)


def _measure(kind: str, value: float, start: int, end: int, text: str = "") -> Measure:
    return Measure(kind=kind, value=value, unit=UNITS[kind], text=text, start=start, end=end)


def merged(heard: Heard, *others: Sequence[Finding]) -> Heard:
    """What further readers found, added: a finding is never taken away."""
    extra = tuple(f for findings in others for f in findings if f not in heard.findings)
    return replace(heard, findings=heard.findings + extra)


__all__ = ["Heard", "Readings", "merged", "read"]
