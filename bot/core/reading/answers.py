"""What a bare "yes", "no" or number means, given what was asked."""

from __future__ import annotations

from typing import Final

from bot.core.clinical.finding import Finding, Reader, Status
from bot.core.reading.lexicon import Lexicon
from bot.core.reading.measures.reader import Readings
from bot.core.reading.vocabulary import Reading

AFFIRMED: Final = {
    "temperature": ("fever",),
    "breathing": ("dyspnea",),
    "heart": ("palpitations",),
    "legs": ("deep_vein_thrombosis",),
    "injection_site": ("injection_site_reaction",),
    "pain": ("pain_other",),
    "fatigue": ("fatigue",),
    "rash": ("allergic_reaction",),
    "sleep": ("insomnia",),
    "bleeding": ("bleeding_bruising",),
    "infection": ("respiratory_infection",),
    "mood": ("psychological_distress",),
    "numb_weak": ("neuro_deficit",),
    "virus_signs": ("donor_derived_viral_infection",),
    "immune_flare": ("immune_mediated_reaction",),
    "lumps": ("neoplasm_suspected",),
    "stiffness": ("fibrosis",),
    "donor_nerves": ("donor_nerve_injury",),
    "donor_anaesthesia": ("donor_anesthesia_reaction",),
}
"""The symptom that a bare "yes" affirms, by topic. Topics that ask about several kinds at once are missing: they stay unclear."""

DENIED: Final = {
    "temperature": ("fever",),
    "breathing": ("dyspnea", "chest_pain"),
    "heart": ("palpitations",),
    "legs": ("deep_vein_thrombosis",),
    "injection_site": ("injection_site_reaction",),
    "pain": ("pain_other",),
    "bowels": ("constipation", "nausea_vomiting"),
    "fatigue": ("fatigue",),
    **{topic: symptoms for topic, symptoms in AFFIRMED.items() if topic not in {"temperature", "breathing", "heart", "legs"}},
}
"""What a bare "no" denies."""

SHORT: Final = 4
"""Words up to which a reply is a bare answer."""


def bare_answer(reading: Reading, readings: Readings, asked: str | None, text: str, lexicon: Lexicon) -> tuple[Finding, ...]:
    """The findings of a bare answer; none where nothing was asked, or where the reply says more than yes or no."""
    if asked is None:
        return ()
    if asked == "bowels" and _only_a_duration(reading, readings):
        return (_finding("constipation", Status.PRESENT, text),)
    if reading.words > SHORT or reading.yes == reading.no or reading.missed or reading.alarmed:
        return ()
    if asked in lexicon.declared:
        return (_finding(asked, Status.PRESENT if reading.yes else Status.NEGATED, text),)
    if reading.yes:
        denied = {f.symptom for f in reading.findings if f.status is Status.NEGATED}  # "yes, I can breathe"
        affirmed = () if reading.fine else AFFIRMED.get(asked, ())
        return tuple(_finding(symptom, Status.PRESENT, text) for symptom in affirmed if symptom not in denied)
    return tuple(_finding(symptom, Status.NEGATED, text) for symptom in DENIED.get(asked, ()) if symptom in lexicon.declared)


def _only_a_duration(reading: Reading, readings: Readings) -> bool:
    long = [m for m in readings.measures if m.kind == "duration" and m.value >= 24]
    return bool(long) and not reading.findings and not reading.fine and reading.words <= SHORT


def _finding(symptom: str, status: Status, text: str) -> Finding:
    return Finding(symptom=symptom, status=status, text=text, start=0, end=len(text), reader=Reader.VOCABULARY)
