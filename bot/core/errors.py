"""Error families. Each carries its remedy, and whether trying again can help; nobody parses their texts."""

from __future__ import annotations

from typing import ClassVar


class AftercareError(Exception):
    """Something went wrong in a way that we foresaw."""

    remedy: ClassVar[str] = "Read the message; it says what was expected."
    retryable: ClassVar[bool] = False
    operator_must_act: ClassVar[bool] = False


class InvalidValue(AftercareError, ValueError):
    """A value that no part of the core accepts, found where it was built."""

    remedy = "Correct that value and try again."


class IllegalTransition(AftercareError):
    """An event that this state does not allow; the state is unchanged."""

    remedy = "Load the newest state and decide again; the event may be stale."


class UnknownSymptom(AftercareError):
    """A finding names a symptom that the rule book does not hold."""

    remedy = "Add the symptom's file to bot/catalogue/symptoms/, or correct the vocabulary that names it."


class NotFound(AftercareError):
    """A row that the caller named does not exist."""

    remedy = "Check the id; the row may have been erased."


class StaleVersion(AftercareError):
    """Somebody else changed the row between our read and our write."""

    remedy = "Load it again and repeat the decision."
    retryable = True


class StorageBusy(AftercareError):
    """The database could not be written within its time limit; nothing was changed."""

    remedy = "Try the whole transaction again; it is idempotent by its keys."
    retryable = True


class StorageFailed(AftercareError):
    """The database refused to write or to be read (disk full, read-only, corrupt); nothing of the transaction is confirmed."""

    remedy = "Look at the disk (space, mount, permissions); run `aftercare doctor`. What was not confirmed comes again."
    operator_must_act = True


class AlreadyThere(AftercareError):
    """A row with the same unique key exists, or a row that it names does not."""

    remedy = "Load what is there, or choose another key."


class SchemaMismatch(AftercareError):
    """The database's schema is not the one that this version of the code works with."""

    remedy = (
        "Older schema: run `aftercare db upgrade`. Newer schema: start the version of Aftercare that wrote it, or a later one."
    )
    operator_must_act = True


class ContentInvalid(AftercareError):
    """An operator's or clinician's file does not say what it must; nothing live was replaced."""

    remedy = "Run `aftercare check`: it names each file, line and column."
    operator_must_act = True


class SettingsInvalid(AftercareError):
    """A setting is missing or not of its form."""

    remedy = "Correct the named setting; docs/deploy.md lists them all."
    operator_must_act = True


class TokenRejected(AftercareError):
    """The messaging provider does not accept our credentials."""

    remedy = "Put a valid token in AFTERCARE_TELEGRAM_TOKEN (or the file that AFTERCARE_TELEGRAM_TOKEN_FILE names)."
    operator_must_act = True


class PollingConflict(AftercareError):
    """Somebody else polls with our token, or a webhook is set: the provider answers one poller only."""

    remedy = "Stop the other process that uses this token, or remove the webhook; one lease holder polls."
    retryable = True
    operator_must_act = True
