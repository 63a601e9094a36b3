from __future__ import annotations

import pytest

from bot.core.actions import CreateTask, LockInvitation, OfferLanguages, Say, SetLanguage, StartCourse
from bot.core.conversation.machine import step
from bot.core.conversation.onboarding import year_in
from bot.core.conversation.session import Session, SessionState
from bot.core.events import Command, CommandGiven, ConsentAnswered, InvitationOpened, LanguageChosen, MessageReceived
from tests.support.conversation import NOTHING, TIRED, UNCLEAR, session, situation


def says(text: str) -> MessageReceived:
    return MessageReceived(text=text, assessment=NOTHING)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1961", 1961),
        ("I was born in 1961.", 1961),
        ("12/03/1961", 1961),
        ("١٩٦١", 1961),
        ("１９６１", 1961),
        ("61", None),
        ("19611", None),
        ("1961 or 1962", None),
        ("²⁰²⁰", None),
        ("", None),
    ],
)
def test_a_year_of_birth_is_the_one_four_digit_number(text: str, year: int | None) -> None:
    assert year_in(text) == year


def test_the_right_year_leads_to_the_choice_of_a_language() -> None:
    opened, _ = step(Session(), InvitationOpened(), situation())
    after, actions = step(opened, says("1961"), situation())
    assert after.state is SessionState.CHOOSING_LANGUAGE
    assert OfferLanguages() in actions


def test_the_fifth_wrong_year_locks_and_tells_the_clinic() -> None:
    current = Session()
    for year in (1901, 1902, 1903, 1904):
        current, actions = step(current, says(str(year)), situation())
        assert current.state is SessionState.CONFIRMING_IDENTITY
        assert not any(isinstance(action, CreateTask) for action in actions)
    current, actions = step(current, says("1905"), situation())
    assert current.state is SessionState.LOCKED
    assert LockInvitation() in actions
    assert [action.kind for action in actions if isinstance(action, CreateTask)] == ["identity_locked"]
    current, _ = step(current, says("1961"), situation())
    assert current.state is SessionState.LOCKED


def test_words_without_a_year_are_no_try() -> None:
    after, _ = step(Session(tries=4), says("who are you?"), situation())
    assert (after.state, after.tries) == (SessionState.CONFIRMING_IDENTITY, 4)


def test_a_new_invitation_opens_a_locked_chat_again_with_five_tries() -> None:
    after, _ = step(Session(state=SessionState.LOCKED, tries=5, round=9), InvitationOpened(), situation())
    assert (after.state, after.tries, after.round) == (SessionState.CONFIRMING_IDENTITY, 0, 9)


def test_consent_is_asked_in_the_chosen_language_and_starts_the_course() -> None:
    asked, actions = step(session(SessionState.CHOOSING_LANGUAGE), LanguageChosen(language="tr"), situation())
    assert asked.state is SessionState.CONSENTING
    assert actions[0] == SetLanguage(language="tr")
    agreed, actions = step(asked, ConsentAnswered(agreed=True), situation())
    assert agreed.state is SessionState.IDLE
    assert StartCourse() in actions


def test_no_thanks_sends_nothing_more_tells_the_clinic_and_start_asks_again() -> None:
    declined, actions = step(session(SessionState.CONSENTING), ConsentAnswered(agreed=False), situation())
    assert declined.state is SessionState.DECLINED
    assert StartCourse() not in actions
    assert [action.kind for action in actions if isinstance(action, CreateTask)] == ["declined"]
    again, actions = step(declined, CommandGiven(command=Command.START), situation())
    assert again.state is SessionState.CONSENTING
    assert isinstance(actions[-1], Say)
    assert actions[-1].choices


def test_words_are_no_consent_but_are_read() -> None:
    after, actions = step(session(SessionState.CONSENTING), MessageReceived(text="so tired", assessment=TIRED), situation())
    assert after.state is SessionState.CONSENTING
    keys = [key for action in actions if isinstance(action, Say) for part in action.parts for key in part.keys]
    assert "advice.fatigue" in keys
    assert keys[-1] == "consent.waiting"


def test_stop_during_a_clarification_before_consent_is_no_consent_later() -> None:
    asking, _ = step(session(SessionState.CONSENTING), MessageReceived(text="hm", assessment=UNCLEAR), situation())
    assert asking.state is SessionState.CLARIFYING
    stopped, _ = step(asking, CommandGiven(command=Command.STOP), situation())
    assert stopped.state is SessionState.DECLINED
