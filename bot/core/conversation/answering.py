"""The buttons of questions, edited messages, what cannot be read, and the times at which nobody answered."""

from __future__ import annotations

from bot.core.actions import Audit, CreateTask, RecordAssessment
from bot.core.careplan.enrolment import CheckInState
from bot.core.clinical.disposition import Disposition
from bot.core.conversation.check_in import advance, advise, ask, begin, finish, note, worst_of
from bot.core.conversation.hearing import act_on_red_flag, hear, tell_clinic
from bot.core.conversation.replies import part, say
from bot.core.conversation.situation import Situation, Turn
from bot.core.delivery import Lane
from bot.core.events import (
    AboutPatientConfirmed,
    CheckInFellDue,
    MessageEdited,
    MessageReceived,
    OptionChosen,
    ReminderFellDue,
    SilenceLasted,
    UnreadableReceived,
)


def wrote(turn: Turn, event: MessageReceived, situation: Situation) -> Turn:
    """Words, asked for or not."""
    return hear(turn, event.text, event.assessment, situation)


def chose(turn: Turn, event: OptionChosen, situation: Situation) -> Turn:
    """A button of the open question is its answer; a button of any other question has passed."""
    session = turn.session
    if event.round != session.round or event.question != session.asked:
        return chose_late(turn, event, situation)
    follow_up = event.follow_up if event.follow_up in situation.questions else None
    if event.assessment.disposition.red:
        return act_on_red_flag(turn, event.text, event.assessment, follow_up)
    turn = turn.do(RecordAssessment(text=event.text, assessment=event.assessment))
    if event.assessment.disposition >= Disposition.SAME_DAY:
        turn = tell_clinic(turn, event.assessment, situation)
    return advance(turn.to(note(turn.session, event.assessment)), situation, follow_up)


def chose_late(turn: Turn, event: OptionChosen, situation: Situation) -> Turn:
    """The question has passed, and is audited as such; what the button says about them is heard all the same."""
    turn = turn.do(Audit(action="button.passed", detail=f"{event.question}:{event.round}"))
    if event.assessment.disposition.red:
        return hear(turn, event.text, event.assessment, situation, answers=False)
    turn = turn.do(say(part("button.passed")))
    if event.assessment.disposition > Disposition.NONE:
        return hear(turn, event.text, event.assessment, situation, answers=False)
    return turn


def about_patient(turn: Turn, event: AboutPatientConfirmed, situation: Situation) -> Turn:
    """The other person of their message is the patient: it is heard as the patient's own."""
    return hear(turn, event.text, event.assessment, situation, answers=False)


def edited(turn: Turn, event: MessageEdited, situation: Situation) -> Turn:
    """Read again. Worse is acted on; what is not worse changes nothing of what was already done, and is said so."""
    if event.assessment.disposition > event.before or event.assessment.disposition.red:
        return hear(turn, event.text, event.assessment, situation, answers=False)
    if event.assessment.at_stake.red or (event.assessment.unclear and event.before is Disposition.NONE):
        return hear(turn, event.text, event.assessment, situation, answers=False)
    return turn.do(RecordAssessment(text=event.text, assessment=event.assessment), say(part("edited.read")))


def unreadable(turn: Turn, event: UnreadableReceived, situation: Situation) -> Turn:
    """A person must look at it; the words under it are read as any others, a red flag in them before all else."""
    task = CreateTask(kind="unreadable", disposition=Disposition.SAME_DAY, detail=event.kind)
    if event.assessment is not None and event.assessment.disposition.red:
        return hear(turn, event.text, event.assessment, situation, answers=False).do(task, say(part("unreadable.sorry")))
    turn = turn.do(say(part("unreadable.sorry"), part("unreadable.emergency")), task)
    if event.assessment is None or _says_nothing(event):
        return turn
    return hear(turn, event.text, event.assessment, situation, answers=False)


def fell_due(turn: Turn, event: CheckInFellDue, situation: Situation) -> Turn:
    """A check-in begins."""
    del situation
    return begin(turn, event.check_in_id, event.questions, intro=event.intro, lane=Lane.ROUTINE)


def remind(turn: Turn, event: ReminderFellDue, situation: Situation) -> Turn:
    """The open question once more, under the same round: either copy's buttons answer it."""
    del situation
    if turn.session.check_in_id != event.check_in_id:
        return turn
    key = "check_in.reminder_outage" if event.after_outage else "check_in.reminder"
    return turn.do(ask(turn.session, lane=Lane.ROUTINE, intro=(part(key),)))


def silent(turn: Turn, event: SilenceLasted, situation: Situation) -> Turn:
    """Silence is not "nothing": the clinic gets a task, and what was found so far gets its advice now.

    The question stays open, for a late answer counts too.
    """
    if turn.session.check_in_id != event.check_in_id:
        return turn
    task = CreateTask(kind="silence", disposition=event.disposition, detail=f"check_in:{event.check_in_id}")
    turn = turn.do(*finish(turn.session, CheckInState.SILENT), task)
    found, worst = turn.session.found, worst_of(turn.session)
    return turn.become(found=()).do(*advise(found, worst, situation)) if found else turn


def _says_nothing(event: UnreadableReceived) -> bool:
    found = event.assessment
    return found is None or (found.disposition is Disposition.NONE and not found.unclear and found.reading_asked_again is None)
