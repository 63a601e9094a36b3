"""One closed question is open. Yes, silence, or a second unreadable answer: a person takes over."""

from __future__ import annotations

from dataclasses import replace

from bot.core.actions import Audit, RecordAssessment
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Status
from bot.core.conversation.check_in import advance, advise, ask, note, worst_of
from bot.core.conversation.doubts import at_least, taken_at_its_word
from bot.core.conversation.hearing import act_on_red_flag, hear, leave_clarification, tell_clinic
from bot.core.conversation.prompts import onboarding_again
from bot.core.conversation.replies import part, say
from bot.core.conversation.session import SessionState
from bot.core.conversation.situation import Situation, Turn
from bot.core.events import ClarificationAnswered, ClarificationTimedOut, Closed, MessageEdited, MessageReceived


def pressed(turn: Turn, event: ClarificationAnswered, situation: Situation) -> Turn:
    """A button of the closed question; one of an earlier round is old, but a yes still counts."""
    if event.round != turn.session.round:
        return late(turn, event, situation)
    return answered(turn, event.answer, event.suspected, situation)


def late(turn: Turn, event: ClarificationAnswered, situation: Situation) -> Turn:
    """The question has passed. A late yes about a symptom is heard as if they had written it."""
    turn = turn.do(Audit(action="button.passed", detail=f"clarify:{event.round}"))
    if event.answer is Closed.YES and event.suspected.disposition > Disposition.NONE:
        return hear(turn, Closed.YES, event.suspected, situation, answers=False)
    return turn.do(say(part("button.passed")))


def wrote(turn: Turn, event: MessageReceived, situation: Situation) -> Turn:
    """Words instead of a button: a red flag first, even one that is only suspected, for one question is enough; then yes or no, then what they say if it can be read."""
    assessment = taken_at_its_word(event.assessment)
    if assessment.disposition.red:
        return act_on_red_flag(turn, event.text, assessment)
    suspected = event.suspected or Assessment(disposition=Disposition.NONE)
    if event.closed is not None:
        return answered(turn, event.closed, suspected, situation)
    if _denies(assessment, turn.session.clarifying):
        return answered(turn.do(RecordAssessment(text=event.text, assessment=assessment)), Closed.NO, suspected, situation)
    if _readable(assessment):
        return hear(leave_clarification(turn), event.text, assessment, situation)
    turn = turn.do(RecordAssessment(text=event.text, assessment=assessment))
    return _to_person(turn, suspected, "answer that could not be read", situation, text=event.text)


def edited(turn: Turn, event: MessageEdited, situation: Situation) -> Turn:
    """A changed message may well be their clearer answer: it is read as if they had just written it."""
    return wrote(turn, MessageReceived(text=event.text, assessment=event.assessment), situation)


def answered(turn: Turn, answer: Closed, suspected: Assessment, situation: Situation) -> Turn:
    """Yes goes to a person, no goes on, something else is asked for in their own words once."""
    if answer is Closed.YES:
        return _confirmed(turn, suspected, situation)
    if answer is Closed.NO:
        return _denied(turn, situation)
    if turn.session.tries:
        return _to_person(turn, suspected, "something else, twice", situation)
    return turn.become(tries=1).do(say(part("clarify.own_words")))


def timed_out(turn: Turn, event: ClarificationTimedOut, situation: Situation) -> Turn:
    """Silence is not a no."""
    return _to_person(turn, event.suspected, "no answer to the closed question", situation)


def left_open(turn: Turn, suspected: Assessment, situation: Situation) -> Turn:
    """They stop instead of answering: where a red flag is asked about that is no answer, and a person looks as after silence."""
    if turn.session.state is not SessionState.CLARIFYING or not suspected.disposition.red:
        return turn
    return _to_person(turn, suspected, "they stopped instead of answering the closed question", situation)


def _confirmed(turn: Turn, suspected: Assessment, situation: Situation) -> Turn:
    assessment = at_least(suspected, Disposition.SAME_DAY, "clarification.confirmed", "they said yes to the closed question")
    return _act(turn, Closed.YES, assessment, situation, told="same_day.told")


def _to_person(turn: Turn, suspected: Assessment, why: str, situation: Situation, text: str = "") -> Turn:
    """``text``: what could not be read; whoever is asked to read it must see it."""
    level = Disposition.URGENT if suspected.disposition.red else Disposition.SAME_DAY
    doubted = replace(suspected, disposition=min(suspected.disposition, level))
    assessment = at_least(doubted, level, "clarification.open", why)
    return _act(turn, text, assessment, situation, told="not_understood.person")


def _act(turn: Turn, text: str, assessment: Assessment, situation: Situation, *, told: str) -> Turn:
    if assessment.disposition.red:
        return act_on_red_flag(turn, text, assessment)
    turn = tell_clinic(turn.do(RecordAssessment(text=text, assessment=assessment)), assessment, situation, told)
    turn = leave_clarification(turn)
    if turn.session.state is SessionState.CHECK_IN:
        return advance(turn.to(note(turn.session, assessment)), situation)
    return onboarding_again(turn)


def _denied(turn: Turn, situation: Situation) -> Turn:
    again, worst = turn.session.tries, worst_of(turn.session)
    found = tuple(symptom for symptom in turn.session.found if symptom != turn.session.clarifying)
    turn = leave_clarification(turn)
    if turn.session.state is SessionState.IDLE and found:
        return turn.do(*advise(found, worst, situation, part("clarify.noted")))
    if turn.session.state is not SessionState.CHECK_IN:
        return onboarding_again(turn.do(say(part("clarify.noted"), part("closing.write_any_time"))))
    if again:
        return advance(turn, situation)
    asked_again = replace(turn.session, round=turn.session.round + 1, tries=1)
    return turn.to(asked_again).do(ask(asked_again, intro=(part("clarify.back_to_question"),)))


def _denies(assessment: Assessment, symptom: str | None) -> bool:
    return not assessment.present and any(f.symptom == symptom and f.status is Status.NEGATED for f in assessment.findings)


def _readable(assessment: Assessment) -> bool:
    return not assessment.unclear and bool(assessment.present or assessment.measures)
