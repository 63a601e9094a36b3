"""What a message leads to, whatever was asked and wherever the conversation stands. A red flag comes before everything."""

from __future__ import annotations

from dataclasses import replace

from bot.core.actions import AwaitClarification, Choice, CreateTask, Part, RecordAssessment, Say, TellClinic, WithdrawQuestion
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Status
from bot.core.conversation.check_in import advance, advise, ask_only, note, stop_asking
from bot.core.conversation.doubts import taken_at_its_word
from bot.core.conversation.replies import advice, part, red_flag, say, symptoms_of
from bot.core.conversation.session import Session, SessionState
from bot.core.conversation.situation import Situation, Turn
from bot.core.conversation.times import CLARIFICATION_WAIT, clinic_answers_by
from bot.core.events import Closed

ENROLLED = frozenset({SessionState.IDLE, SessionState.CHECK_IN})
"""States in which re-checks are planned: before consent and after STOP nothing is."""


def hear(turn: Turn, text: str, assessment: Assessment, situation: Situation, *, answers: bool = True) -> Turn:
    """Acts on the assessment. ``answers``: in a running check-in the message is taken as the answer to the open question."""
    if answers and turn.session.state is SessionState.CHECK_IN and turn.session.tries:
        assessment = taken_at_its_word(assessment)  # it has asked once
    if assessment.disposition.red:
        return act_on_red_flag(turn, text, assessment)
    turn = turn.do(RecordAssessment(text=text, assessment=assessment))
    if assessment.reading_asked_again:
        return _ask_number_again(turn, assessment.reading_asked_again, situation, answers=answers)
    if assessment.unclear:
        return _not_clear(turn, assessment, situation, answers=answers)
    return _understood(turn, assessment, situation, answers=answers)


def act_on_red_flag(turn: Turn, text: str, assessment: Assessment, follow_up: str | None = None) -> Turn:
    """The number to call, at once; then the record and the alert; and no further question but the one that says which it is. A
    question that was open is not open any more, and does not look it."""
    turn = turn.do(red_flag(assessment), RecordAssessment(text=text, assessment=assessment), TellClinic(assessment=assessment))
    if turn.session.asked or turn.session.state is SessionState.CLARIFYING:
        turn = turn.do(WithdrawQuestion(round=turn.session.round, check_in_id=turn.session.check_in_id))
    turn = leave_clarification(turn)
    if turn.session.state is not SessionState.CHECK_IN:
        return turn
    if follow_up:
        return ask_only(turn.to(note(turn.session, assessment)), follow_up)
    return stop_asking(turn)


def tell_clinic(turn: Turn, assessment: Assessment, situation: Situation, told: str = "same_day.told") -> Turn:
    """A same-day finding: the clinic knows, and the patient knows by when it answers. ``told`` is the key that says so."""
    by = clinic_answers_by(situation.now, situation.clinic_zone)
    return turn.do(TellClinic(assessment=assessment), say(part(told, by=by), part("same_day.worse")))


def hand_to_person(turn: Turn, kind: str, situation: Situation, detail: str = "") -> Turn:
    """What the bot cannot read goes to a person, and the patient is told so."""
    by = clinic_answers_by(situation.now, situation.clinic_zone)
    task = CreateTask(kind=kind, disposition=Disposition.SAME_DAY, detail=detail)
    return turn.do(task, say(part("not_understood.person", by=by), part("same_day.worse")))


def _understood(turn: Turn, assessment: Assessment, situation: Situation, *, answers: bool) -> Turn:
    if turn.session.state is SessionState.IDLE:
        turn = turn.become(tries=0)
    if turn.session.state is SessionState.CHECK_IN:
        if assessment.disposition >= Disposition.SAME_DAY:
            turn = tell_clinic(turn, assessment, situation)
        turn = turn.to(note(turn.session, assessment))
        if answers:
            return advance(turn, situation)
        return turn if assessment.disposition >= Disposition.SAME_DAY else turn.do(say(part("heard.saved")))
    if assessment.disposition >= Disposition.SAME_DAY:
        by = clinic_answers_by(situation.now, situation.clinic_zone)
        return _advise(turn.do(TellClinic(assessment=assessment)), assessment, situation, part("same_day.told", by=by))
    if assessment.disposition >= Disposition.SELF_MANAGE:
        return _advise(turn, assessment, situation)
    return turn.do(_acknowledge(assessment))


def _advise(turn: Turn, assessment: Assessment, situation: Situation, *before: Part) -> Turn:
    """One message: who knows of it, what to do, what to watch for. Said twice, what matters would drown."""
    if turn.session.standing not in ENROLLED:
        return turn.do(say(*before, *advice(symptoms_of(assessment))))
    return turn.do(*advise(symptoms_of(assessment), assessment.disposition, situation, *before))


def _acknowledge(assessment: Assessment) -> Say:
    if assessment.usual:
        return say(part("baseline.heard"), part("advice_end.watch"), part("advice_end.who_decides"))
    statuses = {finding.status for finding in assessment.findings}
    if Status.OTHER_PERSON in statuses:
        return _whose_is_it(assessment)
    if Status.HYPOTHETICAL in statuses:
        return say(part("heard.question"), part("advice_end.watch"), part("advice_end.who_decides"))
    if assessment.findings or assessment.measures:
        return say(part("heard.saved"), part("closing.write_any_time"))
    return say(part("heard.thanks"))


def _whose_is_it(assessment: Assessment) -> Say:
    theirs = dict.fromkeys(f.symptom for f in assessment.findings if f.status is Status.OTHER_PERSON)
    payload = {"symptoms": ",".join(theirs)}
    yes = Choice(action="about_patient", payload=payload, key="other_person.yes")
    return Say(parts=(part("other_person.ask"), part("advice_end.who_decides")), choices=((yes,),))


def _ask_number_again(turn: Turn, kind: str, situation: Situation, *, answers: bool) -> Turn:
    if turn.session.tries == 0:
        return turn.become(tries=1).do(say(part(f"ask_again.{kind}", "ask_again.number")))
    turn = hand_to_person(turn, "unreadable_number", situation, detail=kind)
    if turn.session.state is SessionState.CHECK_IN and answers:
        return advance(turn, situation)
    return turn.become(tries=0)


def _not_clear(turn: Turn, assessment: Assessment, situation: Situation, *, answers: bool) -> Turn:
    if assessment.present and assessment.disposition >= Disposition.SAME_DAY:
        turn = tell_clinic(turn, assessment, situation)
    session = turn.session
    if session.state is SessionState.CHECK_IN:
        turn = turn.to(note(session, assessment))
        if session.tries and answers:
            return advance(hand_to_person(turn, "not_understood", situation), situation)
    elif session.state is SessionState.IDLE:
        turn = turn.to(note(session, assessment))  # its advice is given when they say no
    return open_clarification(turn, assessment, situation)


def open_clarification(turn: Turn, assessment: Assessment, situation: Situation) -> Turn:
    """One closed question about one symptom (None: whether it is about health at all), with half an hour to answer.

    A grave symptom of somebody else is asked about too: a carer may be writing of the patient.
    """
    session = turn.session
    theirs = next((f.symptom for f in assessment.findings if f.status is Status.OTHER_PERSON), None)
    waiting = replace(
        session,
        state=SessionState.CLARIFYING,
        clarifying=assessment.question or theirs,
        at_stake=assessment.at_stake.word if assessment.at_stake.red else None,
        about_other=assessment.question is None and theirs is not None,
        resume=session.standing,
        round=session.round + 1,
        tries=0,
    )
    until = situation.now + CLARIFICATION_WAIT
    return turn.to(waiting).do(closed_question(waiting), AwaitClarification(round=waiting.round, until=until))


def leave_clarification(turn: Turn) -> Turn:
    """Back to where the clarification was opened; outside one, nothing changes. Only a check-in goes on with what was found."""
    if turn.session.state is not SessionState.CLARIFYING:
        return turn
    turn = turn.become(state=turn.session.standing, resume=None, clarifying=None, at_stake=None, about_other=False, tries=0)
    return turn if turn.session.state is SessionState.CHECK_IN else turn.become(found=(), worst=None)


def closed_question(asking: Session) -> Say:
    """The closed question of a session that clarifies, with its three buttons; where an emergency is at stake it says to call if it is so."""
    symptom = asking.clarifying
    keys = (f"clarify.{symptom}", "clarify.symptom") if symptom else ("clarify.general",)
    if asking.about_other:
        keys = ("clarify.other_person",)
    urged = (part("clarify.call_if_so"),) if asking.at_stake == Disposition.EMERGENCY.word else ()
    about = {"round": str(asking.round)} | {
        name: held for name, held in (("symptom", symptom), ("at_stake", asking.at_stake)) if held
    }
    choices = tuple(
        (Choice(action="clarify", payload=about | {"answer": answer}, key=f"clarify_buttons.{answer}"),) for answer in Closed
    )
    return Say(parts=(part(*keys), *urged), choices=choices)
