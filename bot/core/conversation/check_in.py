"""The running check-in: one question at a time, then a closing with the advice for what was found."""

from __future__ import annotations

from dataclasses import replace

from bot.core.actions import Action, AskQuestion, FinishCheckIn, Part, PlanRecheck
from bot.core.careplan.enrolment import CheckInState, PlannedCheckIn
from bot.core.careplan.rechecks import questions_about, recheck
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.conversation.replies import advice, part, say, symptoms_of
from bot.core.conversation.session import Session, SessionState
from bot.core.conversation.situation import Situation, Turn
from bot.core.delivery import Lane


def begin(turn: Turn, check_in_id: int | None, questions: tuple[str, ...], *, intro: str, lane: Lane) -> Turn:
    """The first question of these, with its intro. A check-in that was running gives way to this one."""
    session = turn.session
    running = replace(
        session,
        state=SessionState.CHECK_IN,
        check_in_id=check_in_id,
        questions=questions,
        position=0,
        round=session.round + 1,
        tries=0,
        worst=None,
        found=(),
        resume=None,
        clarifying=None,
        at_stake=None,
        about_other=False,
    )
    return turn.to(running).do(ask(running, lane=lane, intro=(part(intro),)))


def ask(session: Session, *, lane: Lane = Lane.REPLY, intro: tuple[Part, ...] = ()) -> AskQuestion:
    """The question that is open, under the session's round."""
    assert session.asked is not None, "only a running check-in asks"  # noqa: S101 - callers hold a session in CHECK_IN
    return AskQuestion(question=session.asked, round=session.round, check_in_id=session.check_in_id, lane=lane, intro=intro)


def note(session: Session, assessment: Assessment) -> Session:
    """Remembers the worst disposition and what was found, for the closing."""
    worst = max(assessment.disposition, worst_of(session))
    found = session.found
    if assessment.disposition >= Disposition.SELF_MANAGE:
        found = tuple(dict.fromkeys((*found, *symptoms_of(assessment))))
    return replace(session, worst=worst.word, found=found)


def worst_of(session: Session) -> Disposition:
    """The worst disposition of the running check-in so far."""
    return Disposition.of(session.worst) if session.worst else Disposition.NONE


def advance(turn: Turn, situation: Situation, follow_up: str | None = None) -> Turn:
    """The next question (the follow-up first), or the closing after the last."""
    session = turn.session
    questions = session.questions
    if follow_up and follow_up in situation.questions:
        questions = (*questions[: session.position + 1], follow_up, *questions[session.position + 1 :])
    moved = replace(session, questions=questions, position=session.position + 1, round=session.round + 1, tries=0)
    if moved.asked is None:
        return close(turn.to(moved), situation)
    return turn.to(moved).do(ask(moved))


def close(turn: Turn, situation: Situation) -> Turn:
    """The closing: thanks, the advice for what was found, and when we ask again."""
    session = turn.session
    worst = worst_of(session)
    actions: list[Action] = finish(session, CheckInState.ANSWERED)
    if worst.red:
        actions.append(say(part("closing.after_red_flag")))
    elif session.found:
        actions += advise(session.found, worst, situation, part("closing.thanks"))
    else:
        actions.append(say(part("closing.thanks"), part("closing.write_any_time")))
    return turn.to(at_rest(session)).do(*actions)


def stop_asking(turn: Turn) -> Turn:
    """A red flag ends the running check-in: nobody who should be phoning is asked how they slept."""
    return turn.to(at_rest(turn.session)).do(*finish(turn.session, CheckInState.ANSWERED))


def ask_only(turn: Turn, question: str) -> Turn:
    """After a red flag only this one question is left: which of them it is ("which one?" may turn urgent into emergency)."""
    session = turn.session
    left = replace(session, questions=(*session.questions[: session.position + 1], question))
    moved = replace(left, position=session.position + 1, round=session.round + 1, tries=0)
    return turn.to(moved).do(ask(moved, lane=Lane.SAFETY))


def finish(session: Session, state: CheckInState) -> list[Action]:
    """The action that settles the running check-in's row, where there is one."""
    return [] if session.check_in_id is None else [FinishCheckIn(check_in_id=session.check_in_id, state=state)]


def at_rest(session: Session) -> Session:
    """The session with no check-in; its round stays, so that old buttons are known as old."""
    return replace(
        session,
        state=SessionState.IDLE,
        check_in_id=None,
        questions=(),
        position=0,
        tries=0,
        resume=None,
        clarifying=None,
        at_stake=None,
        about_other=False,
        worst=None,
        found=(),
    )


def plan_recheck(symptoms: tuple[str, ...], worst: Disposition, situation: Situation) -> PlannedCheckIn | None:
    """When and what to ask about these symptoms again; None where nothing was found or a red flag has a person already."""
    questions = questions_about(symptoms, situation.questions)
    if not symptoms or not questions:
        return None
    enrolment, zone = situation.enrolment, situation.zone
    return recheck(enrolment, zone, situation.now, disposition=worst, symptoms=symptoms, questions=questions)


def advise(symptoms: tuple[str, ...], worst: Disposition, situation: Situation, *before: Part) -> list[Action]:
    """The advice, what to watch for and who decides; and when we ask again, planned in the same breath."""
    planned = plan_recheck(symptoms, worst, situation)
    if planned is None:
        return [say(*before, *advice(symptoms))]
    again = part("closing.recheck", at=planned.due_at)
    return [say(*before, *advice(symptoms), again), PlanRecheck(check_in=planned)]
