"""The learned reader's say in an assessment: it raises or asks, lowers nothing that a rule found, and names its reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.core.clinical.assessment import Assessment, Reason
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Reader, Status
from bot.core.reading.recogniser import Recogniser, Recognition
from bot.core.reading.recogniser_second import SecondLook
from bot.core.reading.recogniser_verdict import Thresholds, Verdict, is_settled, verdict

WHERE: Final = "bot/catalogue/thresholds.yaml"
NAMELESS: Final = "sepsis"
"""Asked about where they said what ails them, and it is feared to be graver than that: "do you feel very ill, as never before?"."""
_SAYS: Final = {
    Disposition.EMERGENCY: "The learned reader takes these words for an emergency",
    Disposition.URGENT: "The learned reader takes these words for a red flag",
}


def clues_of(assessment: Assessment, asked: str | None = None) -> frozenset[str]:
    """What the rules made of a message, and what had been asked, in words that the recogniser was trained with.

    Neither the hour nor the role nor a risk is among them: those only tighten what is found, and the rule book does that.
    """
    disposition = assessment.disposition
    clues = {f"rules.{disposition.word}"}
    clues |= {f"at_least.{level.word}" for level in Disposition if Disposition.NONE < level <= disposition}
    clues |= {f"some.{finding.status.value}" for finding in assessment.findings}
    clues |= {f"{finding.status.value}.{finding.symptom}" for finding in assessment.findings}
    clues |= {f"measured.{measure.kind}" for measure in assessment.measures if measure.kind != "duration"}
    if asked is not None:
        clues.add(f"asked.{asked}")
    if assessment.unclear:
        clues |= {"unclear", f"unclear.{disposition.word}"}
    if any(measure.kind != "duration" for measure in assessment.measures):
        clues |= {"number", f"number.{disposition.word}"}
    return frozenset(clues)


def join(
    text: str,
    assessment: Assessment,
    recogniser: Recogniser | SecondLook,
    thresholds: Thresholds,
    *,
    suspected: Assessment | None = None,
    may_rest: bool = False,
    explained: bool = False,
    asked: str | None = None,
) -> Assessment:
    """The assessment with the learned reader's say.

    ``suspected``: what the rules would make of it if phrases among words that they do not know mean what they say; it counts from
    ``believe`` of the thresholds on, and else they ask. ``may_rest``: the rules ask only because they did not understand, and heard no word of alarm; then the learned reader may
    find that there is nothing to ask about. ``explained``: they explained every word. ``asked``: the topic that was open.
    """
    said = suspected or assessment
    if assessment.disposition is Disposition.EMERGENCY or not any(map(str.isalpha, text)):
        return said  # nothing is above an emergency; digits are hidden from the learned reader, so "388" is for the rules alone
    clues = clues_of(said, asked)
    glanced = recogniser.glance(text, clues, settled=is_settled(_understood(assessment), explained=explained))
    if glanced.red >= thresholds.believe:
        assessment = said
    cleared, understood = _cleared(assessment), _understood(assessment)
    found = verdict(glanced, thresholds, cleared, understood, explained=explained)
    if found.disposition is not None and found.disposition > assessment.disposition:
        raises = [found.suspicion.symptom] if found.suspicion is not None else []
        recognition = recogniser.with_words(glanced, text, clues, named=raises)
        return _raised(assessment, verdict(recognition, thresholds, cleared, understood, explained=explained), recognition)
    if assessment.disposition.red:
        return assessment
    if found.ask or found.disposition is not None:
        return replace(assessment, unclear=True, question=assessment.question or _question(assessment, found, understood))
    if found.at_ease and may_rest and assessment.unclear and suspected is None:
        return replace(assessment, unclear=False, question=None)
    return assessment


def _question(assessment: Assessment, found: Verdict, understood: Disposition | None) -> str | None:
    """What to ask about; not what they have just said: of who said that their head aches, how ill they are."""
    named = found.suspicion.symptom if found.suspicion is not None else None
    if named is not None and named not in assessment.present:
        return named
    ails = named is not None or (understood is not None and understood > Disposition.NONE)
    return NAMELESS if ails else None


def _understood(assessment: Assessment) -> Disposition | None:
    """What the rules found, or None where they have something to ask."""
    open_question = assessment.unclear or assessment.reading_asked_again is not None
    return None if open_question and not assessment.disposition.red else assessment.disposition


def _cleared(assessment: Assessment) -> frozenset[str]:
    """What a rule heard denied and nobody heard affirmed."""
    denied = {f.symptom for f in assessment.findings if f.status is Status.NEGATED}
    return frozenset(denied - {f.symptom for f in assessment.findings if f.status is Status.PRESENT})


def _raised(assessment: Assessment, found: Verdict, recognition: Recognition) -> Assessment:
    assert found.disposition is not None  # noqa: S101 - the caller looked
    named = found.suspicion
    words = tuple(dict.fromkeys(w for w in (recognition.words, named.words if named else "") if w))
    reason = Reason(
        rule=found.rule,
        disposition=found.disposition,
        where=WHERE,
        text=f"{_SAYS[found.disposition]} ({recognition.red:.0%} sure)",
        symptom=named.symptom if named else None,
        words=words,
    )
    findings = assessment.findings
    if named is not None and all(f.symptom != named.symptom for f in findings):
        findings += (
            Finding(symptom=named.symptom, text=named.words, start=named.start, end=named.end, reader=Reader.RECOGNISER),
        )
    return replace(
        assessment,
        disposition=found.disposition,
        reasons=(reason, *assessment.reasons),
        findings=findings,
        unclear=False,
        question=None,
    )
