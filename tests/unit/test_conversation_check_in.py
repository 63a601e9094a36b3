from __future__ import annotations

from dataclasses import replace

from bot.core.actions import AskQuestion, Audit, CreateTask, FinishCheckIn, PlanRecheck, RecordAssessment, Say, TellClinic
from bot.core.careplan.enrolment import CheckInState
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Status
from bot.core.conversation.machine import step
from bot.core.conversation.session import Session, SessionState
from bot.core.delivery import Lane
from bot.core.events import (
    CheckInFellDue,
    Command,
    CommandGiven,
    MessageEdited,
    MessageReceived,
    OptionChosen,
    ReminderFellDue,
    SilenceLasted,
    UnreadableReceived,
)
from tests.support.conversation import CHEST, CLOT, FEVERISH, NOTHING, TIRED, found, session, situation


def keys(actions: tuple[object, ...]) -> list[str]:
    return [part.keys[0] for action in actions if isinstance(action, Say) for part in action.parts]


def asked(actions: tuple[object, ...]) -> list[str]:
    return [action.question for action in actions if isinstance(action, AskQuestion)]


def press(current: Session, assessment: Assessment = NOTHING, follow_up: str | None = None) -> OptionChosen:
    question = current.asked or ""
    return OptionChosen(question=question, option="x", round=current.round, text="x", assessment=assessment, follow_up=follow_up)


def test_questions_come_one_at_a_time_and_the_last_is_followed_by_the_closing() -> None:
    current, actions = step(
        session(SessionState.IDLE), CheckInFellDue(check_in_id=7, questions=("temperature", "fatigue")), situation()
    )
    assert asked(actions) == ["temperature"]
    current, actions = step(current, press(current), situation())
    assert asked(actions) == ["fatigue"]
    current, actions = step(current, press(current), situation())
    assert asked(actions) == []
    assert FinishCheckIn(check_in_id=7, state=CheckInState.ANSWERED) in actions
    assert keys(actions) == ["closing.thanks", "closing.write_any_time"]
    assert current.state is SessionState.IDLE


def test_every_question_has_a_round_of_its_own() -> None:
    current, first = step(
        session(SessionState.IDLE), CheckInFellDue(check_in_id=7, questions=("temperature", "fatigue")), situation()
    )
    _, second = step(current, press(current), situation())
    rounds = [action.round for action in (*first, *second) if isinstance(action, AskQuestion)]
    assert rounds == [5, 6]


def test_words_answer_the_open_question() -> None:
    _, actions = step(session(SessionState.CHECK_IN), MessageReceived(text="no", assessment=NOTHING), situation())
    assert asked(actions) == ["temperature"]


def test_a_red_flag_ends_the_check_in_without_another_question() -> None:
    after, actions = step(session(SessionState.CHECK_IN), MessageReceived(text="x", assessment=CLOT), situation())
    assert asked(actions) == []
    assert keys(actions)[0] == "urgent.call"
    assert FinishCheckIn(check_in_id=7, state=CheckInState.ANSWERED) in actions
    assert after.state is SessionState.IDLE


def test_which_one_is_still_asked_after_a_red_button_and_nothing_else() -> None:
    current = session(SessionState.CHECK_IN)
    current, actions = step(current, press(current, CLOT, follow_up="red_flags_which"), situation())
    assert keys(actions)[0] == "urgent.call"
    assert asked(actions) == ["red_flags_which"]
    current, actions = step(current, press(current, CHEST), situation())
    assert keys(actions)[0] == "emergency.call"
    assert asked(actions) == []
    assert current.state is SessionState.IDLE


def test_a_follow_up_comes_before_the_next_question() -> None:
    current = session(SessionState.CHECK_IN)
    current, actions = step(current, press(current, follow_up="red_flags_which"), situation())
    assert asked(actions) == ["red_flags_which"]
    _, actions = step(current, press(current), situation())
    assert asked(actions) == ["temperature"]


def test_the_closing_gives_advice_for_all_that_was_found_and_plans_a_re_check() -> None:
    current = session(SessionState.CHECK_IN)
    current, _ = step(current, press(current), situation())
    current, same_day = step(current, press(current, FEVERISH), situation())
    assert TellClinic(assessment=FEVERISH) in same_day
    assert "same_day.told" in keys(same_day)
    _, closing = step(current, press(current, TIRED), situation())
    assert "advice.fever" in keys(closing)
    assert "advice.fatigue" in keys(closing)
    (recheck,) = [action.check_in for action in closing if isinstance(action, PlanRecheck)]
    assert recheck.questions == ("red_flags", "temperature", "fatigue")
    assert recheck.due_at.isoformat() == "2026-03-05T09:00:00+00:00"


def test_an_old_button_says_that_the_question_has_passed_and_is_audited() -> None:
    current = session(SessionState.CHECK_IN)
    old = replace(press(current), round=current.round - 1)
    after, actions = step(current, old, situation())
    assert after == current
    assert Audit(action="button.passed", detail="red_flags:3") in actions
    assert keys(actions) == ["button.passed"]


def test_what_an_old_button_says_of_the_patient_is_heard_all_the_same() -> None:
    current = session(SessionState.CHECK_IN)
    old = replace(press(current, CHEST), round=current.round - 1)
    _, actions = step(current, old, situation())
    assert keys(actions)[0] == "emergency.call"
    assert TellClinic(assessment=CHEST) in actions


def test_a_number_that_cannot_be_is_asked_for_once_and_then_goes_to_a_person() -> None:
    impossible = replace(NOTHING, reading_asked_again="temperature", unclear=True)
    current, actions = step(session(SessionState.CHECK_IN), MessageReceived(text="388", assessment=impossible), situation())
    assert keys(actions) == ["ask_again.temperature"]
    current, actions = step(current, MessageReceived(text="999", assessment=impossible), situation())
    assert [action.kind for action in actions if isinstance(action, CreateTask)] == ["unreadable_number"]
    assert asked(actions) == ["temperature"]


def test_a_number_that_cannot_be_goes_to_a_person_outside_a_check_in_too() -> None:
    impossible = replace(NOTHING, reading_asked_again="spo2")
    current, _ = step(session(SessionState.IDLE), MessageReceived(text="x", assessment=impossible), situation())
    understood, _ = step(current, MessageReceived(text="97", assessment=TIRED), situation())
    assert understood.tries == 0
    current, actions = step(current, MessageReceived(text="x", assessment=impossible), situation())
    assert [action.kind for action in actions if isinstance(action, CreateTask)] == ["unreadable_number"]
    assert current.tries == 0


def test_a_reminder_repeats_the_question_under_the_same_round_as_a_routine_prompt() -> None:
    current = session(SessionState.CHECK_IN)
    after, actions = step(current, ReminderFellDue(check_in_id=7), situation())
    assert after == current
    (again,) = [action for action in actions if isinstance(action, AskQuestion)]
    assert (again.question, again.round, again.lane) == ("red_flags", 4, Lane.ROUTINE)


def test_silence_leaves_a_task_and_the_question_open_for_a_late_answer() -> None:
    event = SilenceLasted(check_in_id=7, disposition=Disposition.URGENT)
    after, actions = step(session(SessionState.CHECK_IN), event, situation())
    assert FinishCheckIn(check_in_id=7, state=CheckInState.SILENT) in actions
    assert CreateTask(kind="silence", disposition=Disposition.URGENT, detail="check_in:7") in actions
    assert after.asked == "red_flags"


def test_what_was_found_before_the_silence_still_gets_its_advice_and_re_check() -> None:
    current, _ = step(session(SessionState.CHECK_IN), MessageReceived(text="x", assessment=TIRED), situation())
    _, actions = step(current, SilenceLasted(check_in_id=7, disposition=Disposition.SAME_DAY), situation())
    assert keys(actions)[0] == "advice.fatigue"
    assert any(isinstance(action, PlanRecheck) for action in actions)


def test_a_reminder_or_silence_of_another_check_in_changes_nothing() -> None:
    current = session(SessionState.CHECK_IN)
    for event in (ReminderFellDue(check_in_id=6), SilenceLasted(check_in_id=6, disposition=Disposition.SAME_DAY)):
        assert step(current, event, situation()) == (current, ())


def test_a_voice_message_goes_to_a_person_and_leaves_the_question_open() -> None:
    current = session(SessionState.CHECK_IN)
    after, actions = step(current, UnreadableReceived(kind="voice"), situation())
    assert after == current
    assert CreateTask(kind="unreadable", disposition=Disposition.SAME_DAY, detail="voice") in actions
    assert keys(actions) == ["unreadable.sorry", "unreadable.emergency"]


def test_an_edit_that_is_milder_changes_nothing_and_says_so() -> None:
    current = session(SessionState.IDLE)
    event = MessageEdited(text="fine", assessment=NOTHING, before=Disposition.URGENT)
    after, actions = step(current, event, situation())
    assert after == current
    assert RecordAssessment(text="fine", assessment=NOTHING) in actions
    assert keys(actions) == ["edited.read"]


def test_an_edit_that_is_worse_is_acted_on_without_answering_the_open_question() -> None:
    current = session(SessionState.CHECK_IN)
    event = MessageEdited(text="x", assessment=FEVERISH, before=Disposition.NONE)
    after, actions = step(current, event, situation())
    assert TellClinic(assessment=FEVERISH) in actions
    assert after.asked == current.asked


def test_nothing_to_do_is_acknowledged_without_a_verdict() -> None:
    _, actions = step(session(SessionState.IDLE), MessageReceived(text="ok thanks", assessment=NOTHING), situation())
    assert keys(actions) == ["heard.thanks"]
    denied = Assessment(disposition=Disposition.NONE, findings=(Finding(symptom="fever", status=Status.NEGATED),))
    _, actions = step(session(SessionState.IDLE), MessageReceived(text="no fever", assessment=denied), situation())
    assert keys(actions) == ["heard.saved", "closing.write_any_time"]


def test_a_question_about_a_symptom_gets_the_warning_signs_and_asks_back() -> None:
    asks = Assessment(disposition=Disposition.NONE, findings=(Finding(symptom="fever", status=Status.HYPOTHETICAL),))
    _, actions = step(session(SessionState.IDLE), MessageReceived(text="could I get a fever?", assessment=asks), situation())
    assert keys(actions) == ["heard.question", "advice_end.watch", "advice_end.who_decides"]


def test_somebody_elses_symptom_asks_whose_it_is() -> None:
    other = Assessment(disposition=Disposition.NONE, findings=(Finding(symptom="fever", status=Status.OTHER_PERSON),))
    _, actions = step(session(SessionState.IDLE), MessageReceived(text="my wife has a fever", assessment=other), situation())
    (say,) = [action for action in actions if isinstance(action, Say)]
    assert say.choices[0][0].payload == {"symptoms": "fever"}


def test_stop_with_a_red_flag_is_a_stop_and_an_alert() -> None:
    event = CommandGiven(command=Command.STOP, text="STOP my chest is bleeding", assessment=CHEST)
    after, actions = step(session(SessionState.CHECK_IN), event, situation())
    assert after.state is SessionState.STOPPED
    assert keys(actions)[0] == "emergency.call"
    assert TellClinic(assessment=CHEST) in actions
    assert "stopped" in [action.kind for action in actions if isinstance(action, CreateTask)]


def test_a_stopped_patient_is_still_read() -> None:
    after, actions = step(session(SessionState.STOPPED), MessageReceived(text="x", assessment=FEVERISH), situation())
    assert after.state is SessionState.STOPPED
    assert TellClinic(assessment=FEVERISH) in actions
    assert not any(isinstance(action, PlanRecheck) for action in actions)


def test_report_asks_for_red_flags_first_and_help_shows_the_open_question_again() -> None:
    after, actions = step(session(SessionState.IDLE), CommandGiven(command=Command.REPORT), situation())
    assert (after.state, asked(actions)) == (SessionState.CHECK_IN, ["red_flags"])
    _, actions = step(session(SessionState.CHECK_IN), CommandGiven(command=Command.HELP), situation())
    assert asked(actions) == ["red_flags"]


def test_advice_of_more_symptoms_than_three_is_cut_to_what_a_worried_person_reads() -> None:
    many = found(Disposition.SELF_MANAGE, "fatigue", "insomnia", "constipation", "headache")
    _, actions = step(session(SessionState.IDLE), MessageReceived(text="x", assessment=many), situation())
    assert len([key for key in keys(actions) if key.startswith("advice.")]) == 3
