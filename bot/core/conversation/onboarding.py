"""From the deep link to consent: who are you, in which language, what the bot is and is not."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from bot.core.actions import (
    Audit,
    Choice,
    CreateTask,
    LockInvitation,
    OfferLanguages,
    RecordAssessment,
    Say,
    SetLanguage,
    StartCourse,
    TellClinic,
)
from bot.core.careplan.invitation import IDENTITY_TRIES
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.conversation.doubts import taken_at_its_word
from bot.core.conversation.hearing import hear
from bot.core.conversation.replies import part, red_flag, say
from bot.core.conversation.session import Session, SessionState
from bot.core.conversation.situation import Situation, Turn
from bot.core.events import ConsentAnswered, InvitationOpened, LanguageChosen, MessageEdited, MessageReceived, UnreadableReceived

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


def opened(turn: Turn, event: InvitationOpened, situation: Situation) -> Turn:
    """Asks for the birth year. Nothing of the patient is said before it is right."""
    del event, situation
    fresh = Session(round=turn.session.round)
    return turn.to(fresh).do(say(part("onboarding.hello"), part("onboarding.birth_year")))


def identify(turn: Turn, event: MessageReceived | MessageEdited, situation: Situation) -> Turn:
    """A four-digit number is a try. A red flag is answered and alerted even though we do not know yet who writes."""
    year, assessment = year_in(event.text), taken_at_its_word(event.assessment)  # before we know who writes nothing else is asked
    if assessment.disposition.red and year != situation.birth_year:
        return _red_flag_of_somebody(turn, event.text, assessment)
    if year is None:
        return turn.do(say(part("onboarding.birth_year")))
    if year == situation.birth_year:
        return turn.become(state=SessionState.CHOOSING_LANGUAGE, tries=0).do(Audit(action="identity.confirmed"), OfferLanguages())
    return _wrong_year(turn)


def identify_unreadable(turn: Turn, event: UnreadableReceived, situation: Situation) -> Turn:
    """A voice message is no birth year; its caption may hold one, or a red flag."""
    if event.assessment is not None:
        return identify(turn, MessageReceived(text=event.text, assessment=event.assessment), situation)
    return turn.do(say(part("unreadable.sorry_stranger"), part("onboarding.birth_year")))


def locked(turn: Turn, event: object, situation: Situation) -> Turn:
    """Only the clinic can open it again; the emergency number is shown whatever was written."""
    del event, situation
    return turn.do(say(part("onboarding.locked"), part("stranger.emergency")))


def language_chosen(turn: Turn, event: LanguageChosen, situation: Situation) -> Turn:
    """The first choice leads on to what the bot is and is not, in that language."""
    del situation
    chosen = turn.become(state=SessionState.CONSENTING)
    return chosen.do(SetLanguage(language=event.language), consent_question())


def language_before_identity(turn: Turn, event: LanguageChosen, situation: Situation) -> Turn:
    """Asked in another language; still nothing is said of the patient."""
    del situation
    return turn.do(SetLanguage(language=event.language), say(part("onboarding.hello"), part("onboarding.birth_year")))


def language_awaited(turn: Turn, event: MessageReceived, situation: Situation) -> Turn:
    """Words while the language buttons are open are read first; then the buttons are offered again."""
    heard = hear(turn, event.text, event.assessment, situation, answers=False)
    if heard.session.state is not SessionState.CHOOSING_LANGUAGE or event.assessment.disposition.red:
        return heard
    return heard.do(OfferLanguages(key="language.choose"))


def consent_awaited(turn: Turn, event: MessageReceived, situation: Situation) -> Turn:
    """Words are no consent: they are read, and the two buttons are offered again."""
    heard = hear(turn, event.text, event.assessment, situation, answers=False)
    if heard.session.state is not SessionState.CONSENTING or event.assessment.disposition.red:
        return heard
    return heard.do(consent_reminder())


def consent_answered(turn: Turn, event: ConsentAnswered, situation: Situation) -> Turn:
    """Agreed: the course starts. Not agreed: nothing is sent, the clinic is told, and /start asks again."""
    del situation
    if event.agreed:
        welcome = say(part("onboarding.welcome"), part("onboarding.what_next"), part("onboarding.commands"))
        return turn.become(state=SessionState.IDLE, tries=0).do(Audit(action="consent.given"), StartCourse(), welcome)
    task = CreateTask(kind="declined", disposition=Disposition.SAME_DAY)
    refused = turn.become(state=SessionState.DECLINED)
    return refused.do(Audit(action="consent.refused"), task, say(part("onboarding.declined"), part("stranger.emergency")))


def consent_question() -> Say:
    """What the bot is and is not, with the two buttons."""
    parts = tuple(part(f"consent.{name}") for name in ("what", "not_emergency", "privacy", "draft", "question"))
    return Say(parts=parts, choices=_consent_choices())


def consent_reminder() -> Say:
    """The two buttons again, in short."""
    return Say(parts=(part("consent.waiting"),), choices=_consent_choices())


def year_in(text: str) -> int | None:
    """The one four-digit number in the text, in any script's digits; None where there is none or more than one."""
    digits = "".join(str(unicodedata.digit(char)) if char.isdigit() and char.isdecimal() else char for char in text)
    years = _YEAR.findall(digits)
    return int(years[0]) if len(years) == 1 else None


def _consent_choices() -> tuple[tuple[Choice, ...], ...]:
    yes = Choice(action="consent", payload={"agreed": "yes"}, key="consent.agree")
    no = Choice(action="consent", payload={"agreed": "no"}, key="consent.refuse")
    return ((yes,), (no,))


def _wrong_year(turn: Turn) -> Turn:
    tried = replace(turn.session, tries=turn.session.tries + 1)
    turn = turn.to(tried).do(Audit(action="identity.wrong", detail=f"try {tried.tries}"))
    if tried.tries < IDENTITY_TRIES:
        return turn.do(say(part("onboarding.wrong_year", left=str(IDENTITY_TRIES - tried.tries))))
    task = CreateTask(kind="identity_locked", disposition=Disposition.SAME_DAY)
    return turn.become(state=SessionState.LOCKED).do(
        task, LockInvitation(), say(part("onboarding.locked"), part("stranger.emergency"))
    )


def _red_flag_of_somebody(turn: Turn, text: str, assessment: Assessment) -> Turn:
    record = RecordAssessment(text=text, assessment=assessment)
    unconfirmed = Audit(action="identity.unconfirmed_red_flag")
    return turn.do(red_flag(assessment), record, TellClinic(assessment=assessment), unconfirmed)
