"""What PostgreSQL's errors mean for us, by SQLSTATE: one table, nobody parses texts."""

from __future__ import annotations

from typing import Final

import psycopg
from psycopg import errors

from bot.core.errors import AftercareError, AlreadyThere, StorageBusy, StorageFailed


class TransactionLost(StorageBusy):
    """The transaction fell to a conflict or a lost connection: the store runs the work again, whatever it caught itself."""


_AGAIN: Final = (
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    errors.QueryCanceled,
    errors.AdminShutdown,
    errors.CrashShutdown,
    errors.CannotConnectNow,
    errors.TooManyConnections,
    errors.IdleInTransactionSessionTimeout,
)
_FAILED: Final = (errors.DiskFull, errors.ReadOnlySqlTransaction, errors.InsufficientPrivilege, errors.DataCorrupted)


def typed(error: psycopg.Error) -> AftercareError:
    """The error of ours that says what can be done."""
    text = f"PostgreSQL: {error.diag.message_primary or type(error).__name__}"
    if isinstance(error, _FAILED):
        return StorageFailed(text)
    if isinstance(error, psycopg.IntegrityError):
        return AlreadyThere(f"PostgreSQL: {error.diag.constraint_name or type(error).__name__}")
    if isinstance(error, _AGAIN) or (isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) and not error.sqlstate):
        return TransactionLost(text)
    return StorageFailed(text)
