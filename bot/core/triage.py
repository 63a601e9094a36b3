"""From a patient's text to an assessment: the readers find, the rule book alone decides.

Nothing understood is never "no action": without positive evidence that all is well the assessment is ``unclear``, and one
closed question is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from bot.core.careplan.schedule import Threshold
from bot.core.clinical.assess import assess
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Measure, Status
from bot.core.clinical.patient import PatientContext, Risk
from bot.core.clinical.rules import RuleBook
from bot.core.reading.clarity import Doubt, doubt, open_question
from bot.core.reading.lexicon import Lexicon
from bot.core.reading.reader import Heard, read
from bot.core.reading.recogniser import Recogniser
from bot.core.reading.recogniser_join import join
from bot.core.reading.recogniser_second import SecondLook
from bot.core.reading.recogniser_verdict import Thresholds
from bot.core.suspicion import without_the_suspected


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """The rule book, the vocabularies of all languages and the learned reader. ``version`` is the hash of their files."""

    rules: RuleBook = field(default_factory=lambda: RuleBook(symptoms={}))
    lexicon: Lexicon = field(default_factory=Lexicon)
    recogniser: Recogniser | SecondLook | None = None
    """None: the rules alone."""
    thresholds: Thresholds | None = None
    version: str = ""


def triage(
    text: str,
    *,
    asked: str | None,
    patient: PatientContext,
    knowledge: Knowledge,
    tighter: Sequence[Threshold] = (),
) -> Assessment:
    """What this message means and what must happen. Never an exception for any text, never a silent NONE.

    ``asked`` is the topic of the open question (temperature, breathing, heart, legs, injection_site, pain, bowels, fatigue,
    how_are_you), or a symptom id where a closed question was asked; a bare "yes", "no" or number answers it.
    """
    ruled = by_rules(text, asked=asked, patient=patient, knowledge=knowledge, tighter=tighter)
    if knowledge.recogniser is None or knowledge.thresholds is None:
        return ruled.said  # with nobody to ask, what is suspected is believed
    return joined(text, ruled, knowledge.recogniser, knowledge.thresholds, asked=asked)


def joined(
    text: str, ruled: Ruled, recogniser: Recogniser | SecondLook, thresholds: Thresholds, *, asked: str | None = None
) -> Assessment:
    """What the rules make of a message, with the learned reader's say."""
    return join(
        text,
        ruled.assessment,
        recogniser,
        thresholds,
        suspected=ruled.suspected,
        may_rest=ruled.may_rest,
        explained=ruled.explained,
        asked=asked,
    )


class Ruled(NamedTuple):
    """What the rules alone make of a message."""

    assessment: Assessment
    """What they are sure of."""
    may_rest: bool
    """They ask only because they did not understand: the learned reader may find that there is nothing to ask."""
    explained: bool
    """Every word that means anything meant something to a vocabulary, and none was a figure of speech."""
    suspected: Assessment | None = None
    """What it is if phrases among words that they do not know mean what they say (suspicion.py); None where nothing hangs on that."""

    @property
    def said(self) -> Assessment:
        """All that was said, taken at its word."""
        return self.suspected or self.assessment


def by_rules(
    text: str,
    *,
    asked: str | None,
    patient: PatientContext,
    knowledge: Knowledge,
    tighter: Sequence[Threshold] = (),
) -> Ruled:
    """The same by the rules alone."""
    heard = read(text, knowledge.lexicon, asked, diabetic=Risk.DIABETES in patient.risks)
    known = tuple(f for f in heard.findings if f.symptom in knowledge.rules.symptoms)
    patient = replace(patient, risks=patient.risks | heard.risks)
    assessment = _with_questions(triage_findings(known, heard.measures, patient, knowledge, tighter), heard, asked)
    explained = heard.reading.all_explained
    if assessment.disposition.red and not explained and asked not in knowledge.rules.symptoms:
        weigh = partial(triage_findings, measures=heard.measures, patient=patient, knowledge=knowledge, tighter=tighter)
        sure = without_the_suspected(assessment, weigh)
        if sure is not None:
            return Ruled(sure, may_rest=False, explained=explained, suspected=assessment)
    if assessment.unclear or assessment.disposition.red:
        return Ruled(assessment, assessment.unclear and _may_rest(assessment, heard, asked), explained)
    grave = _grave_if_so(known, heard, patient, knowledge)
    if grave is not None:
        return Ruled(replace(assessment, unclear=True, question=grave), may_rest=True, explained=explained)
    return Ruled(assessment, may_rest=False, explained=explained)


def _grave_if_so(known: Sequence[Finding], heard: Heard, patient: PatientContext, knowledge: Knowledge) -> str | None:
    """The symptom that would be a red flag if what is said of somebody else, or only asked about, were the patient's own.

    The bare name of an illness ("should I worry about clots?") says nothing of anybody's body.
    """
    for status in (Status.OTHER_PERSON, Status.HYPOTHETICAL):
        own = tuple(replace(f, status=Status.PRESENT) if f.status is status and " " in f.text else f for f in known)
        if heard.others or own != known:
            found = triage_findings(own, (*heard.measures, *heard.others), patient, knowledge)
            if found.disposition.red:
                named = (*(r.symptom for r in found.reasons), *(f.symptom for f in known if f.status is status))
                return next(filter(None, named), None)
    return None


def _may_rest(assessment: Assessment, heard: Heard, asked: str | None) -> bool:
    """Whether the learned reader may find that there is nothing to ask about: never of what holds no known word at all, nor where
    the rules know every word and ask all the same ("not great")."""
    reading = heard.reading
    return reading.unknown < reading.words and not reading.all_explained and doubt(assessment, heard, asked) is Doubt.MERE


def triage_findings(
    findings: Sequence[Finding],
    measures: Sequence[Measure],
    patient: PatientContext,
    knowledge: Knowledge,
    tighter: Sequence[Threshold] = (),
) -> Assessment:
    """The same for findings that are already known: pressed buttons."""
    assessment = assess(findings, measures, patient, knowledge.rules, tighter)
    return replace(assessment, content=knowledge.version)


def _with_questions(assessment: Assessment, heard: Heard, asked: str | None) -> Assessment:
    unread = heard.impossible[0] if heard.impossible else None
    if unread is not None and not any(m.kind == unread for m in heard.measures):
        assessment = replace(assessment, reading_asked_again=unread)
    if assessment.disposition >= Disposition.URGENT:
        return assessment
    unclear, question = open_question(assessment, heard, asked)
    return replace(assessment, unclear=unclear, question=question)


def findings_now(assessment: Assessment) -> tuple[Finding, ...]:
    """The findings that are present, in the order of mention."""
    return tuple(f for f in assessment.findings if f.status is Status.PRESENT)
