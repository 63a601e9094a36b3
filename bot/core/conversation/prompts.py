"""Whatever is open, once more: after a side-step (/help, another language, a clarification) the patient sees where they are."""

from __future__ import annotations

from bot.core.actions import OfferLanguages
from bot.core.conversation.check_in import ask
from bot.core.conversation.hearing import closed_question
from bot.core.conversation.onboarding import consent_reminder
from bot.core.conversation.session import SessionState
from bot.core.conversation.situation import Turn


def open_question_again(turn: Turn) -> Turn:
    """The same question under the same round; nothing where nothing is open."""
    match turn.session.state:
        case SessionState.CHECK_IN:
            return turn.do(ask(turn.session))
        case SessionState.CLARIFYING:
            return turn.do(closed_question(turn.session))
        case _:
            return onboarding_again(turn)


def onboarding_again(turn: Turn) -> Turn:
    """The buttons of the onboarding step that is open."""
    match turn.session.state:
        case SessionState.CHOOSING_LANGUAGE:
            return turn.do(OfferLanguages(key="language.choose"))
        case SessionState.CONSENTING:
            return turn.do(consent_reminder())
        case _:
            return turn
