"""What each failure of a Telegram call means: one table, first match wins. Nobody else reads Telegram's words.

``detail`` is always one of our own sentences: Telegram's descriptions may quote what was sent.
"""

from __future__ import annotations

from dataclasses import dataclass

from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, TelegramError

from bot.channels.aiohttp_request import AnswerLost, NotSent, Refused, ServerFailed, Throttled
from bot.core.delivery import Outcome, Receipt
from bot.core.errors import AftercareError, PollingConflict, TokenRejected


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """``error`` with ``phrase`` (lower case; empty: any) in its description comes to ``outcome``."""

    error: type[Exception]
    phrase: str = ""
    outcome: Outcome
    detail: str


FAILURES = (
    Failure(error=Throttled, outcome=Outcome.RATE_LIMITED, detail="too many requests"),
    Failure(error=ChatMigrated, outcome=Outcome.MIGRATED, detail="the chat has a new id"),
    Failure(error=Forbidden, phrase="blocked", outcome=Outcome.BLOCKED, detail="blocked by the user"),
    Failure(error=Forbidden, phrase="deactivated", outcome=Outcome.BLOCKED, detail="the account is deactivated"),
    Failure(error=Forbidden, outcome=Outcome.BLOCKED, detail="forbidden"),
    Failure(error=NotSent, outcome=Outcome.NOT_SENT, detail="no connection"),
    Failure(error=AnswerLost, outcome=Outcome.AMBIGUOUS, detail="the answer was lost"),
    Failure(error=ServerFailed, outcome=Outcome.AMBIGUOUS, detail="the provider failed"),
    Failure(error=Refused, outcome=Outcome.REJECTED, detail="refused"),
    Failure(error=BadRequest, phrase="message is not modified", outcome=Outcome.SENT, detail="not modified"),
    Failure(error=BadRequest, phrase="chat not found", outcome=Outcome.BLOCKED, detail="chat not found"),
    Failure(error=BadRequest, phrase="peer_id_invalid", outcome=Outcome.BLOCKED, detail="chat not found"),
    Failure(error=BadRequest, phrase="user is deactivated", outcome=Outcome.BLOCKED, detail="the account is deactivated"),
    Failure(error=BadRequest, phrase="parse entities", outcome=Outcome.BAD_FORMAT, detail="the formatting was refused"),
    Failure(error=BadRequest, phrase="message is too long", outcome=Outcome.REJECTED, detail="message is too long"),
    Failure(error=BadRequest, phrase="text is empty", outcome=Outcome.REJECTED, detail="message text is empty"),
    Failure(error=BadRequest, phrase="button_data_invalid", outcome=Outcome.REJECTED, detail="button data invalid"),
    Failure(error=BadRequest, phrase="query is too old", outcome=Outcome.REJECTED, detail="query is too old"),
    Failure(error=BadRequest, phrase="to edit not found", outcome=Outcome.REJECTED, detail="message to edit not found"),
    Failure(error=BadRequest, phrase="can't be edited", outcome=Outcome.REJECTED, detail="message can't be edited"),
    Failure(error=BadRequest, outcome=Outcome.REJECTED, detail="bad request"),
    Failure(error=Conflict, outcome=Outcome.REJECTED, detail="conflict"),
    Failure(error=NetworkError, outcome=Outcome.AMBIGUOUS, detail="network error"),
    Failure(error=TelegramError, outcome=Outcome.AMBIGUOUS, detail="an answer that we do not understand"),
    Failure(error=TimeoutError, outcome=Outcome.AMBIGUOUS, detail="took too long"),
)


def receipt_for(error: TelegramError | TimeoutError) -> Receipt:
    """The receipt of an attempt that failed so. Raises TokenRejected where the token is at fault: no message can help that."""
    if isinstance(error, InvalidToken):
        raise TokenRejected("Telegram does not accept the bot's token") from None
    words = str(error).lower()
    row = next(row for row in FAILURES if isinstance(error, row.error) and row.phrase in words)
    return Receipt(
        outcome=row.outcome,
        detail=row.detail,
        retry_after=error.seconds if isinstance(error, Throttled) else None,
        new_address=str(error.new_chat_id) if isinstance(error, ChatMigrated) else None,
    )


def refusal_of_polling(error: TelegramError) -> AftercareError | None:
    """The typed error where polling can not go on with this token; None where trying again can help."""
    if isinstance(error, InvalidToken):
        return TokenRejected("Telegram does not accept the bot's token")
    if isinstance(error, Conflict):
        return PollingConflict("Telegram answers another poller, or a webhook, for this token")
    return None
