"""Opening a store by its address."""

from __future__ import annotations

from typing import cast

from bot.core.errors import SettingsInvalid
from bot.ports import Store, UnitOfWork
from bot.storage.cipher import KEY_BYTES, Cipher, key_beside
from bot.storage.schema import prepare_postgresql, prepare_sqlite
from bot.storage.sqlite.database import connect, refuse_damaged
from bot.storage.sqlite.store import SqliteStore
from bot.storage.unit_of_work import UnitOfWork as OwnUnitOfWork
from bot.storage.url import Address, parse_url


def open_store(url: str, *, migrate: bool = True, key: bytes | None = None, check: bool = True) -> Store:
    """The store at a file path, ``sqlite:///path``, ``:memory:`` or ``postgresql+psycopg://...``.

    ``key`` is the 32-byte master key; without one, a key file beside the SQLite database is used, or made for a new one.
    ``check`` reads a SQLite file once through and refuses a damaged one; a short command on a large file may leave it out.
    Raises SettingsInvalid for a wrong address or key, SchemaMismatch for a schema that this code must not touch (or, with
    ``migrate=False``, for one that is not up to date), StorageFailed or StorageBusy where the database cannot be opened.
    """
    address = parse_url(url)
    cipher = Cipher(_key(address, key))
    if address.sqlite:
        return _checked(_sqlite(address.sqlite, cipher, migrate=migrate, check=check), cipher)
    return _checked(_postgresql(address, cipher, migrate=migrate), cipher)


def _sqlite(path: str, cipher: Cipher, *, migrate: bool, check: bool) -> Store:
    connection = connect(path)
    try:
        if check:
            refuse_damaged(connection)
        prepare_sqlite(connection, migrate=migrate)
    except BaseException:
        connection.close()
        raise
    return SqliteStore(connection, cipher)


def _postgresql(address: Address, cipher: Cipher, *, migrate: bool) -> Store:
    from bot.storage.postgresql.store import PostgresStore  # noqa: PLC0415 - SQLite alone does not pay for psycopg

    prepare_postgresql(address, migrate=migrate)
    return PostgresStore(str(address.postgresql), cipher)


def _checked(store: Store, cipher: Cipher) -> Store:
    """The store, once its database is known to be sealed with this very key."""

    def check(uow: UnitOfWork) -> bool:
        return cipher.fits(cast("OwnUnitOfWork", uow).check_word(cipher.check_word()))

    try:
        fits = store.transact(check)
    except BaseException:
        store.close()
        raise
    if not fits:
        store.close()
        raise SettingsInvalid("AFTERCARE_ENCRYPTION_KEY (or the .key file beside the database) is not the key of this database")
    return store


def _key(address: Address, key: bytes | None) -> bytes:
    if key is not None:
        return key
    if address.path is not None:
        return key_beside(address.path)
    if address.sqlite is not None:
        return bytes(KEY_BYTES)
    raise SettingsInvalid("AFTERCARE_ENCRYPTION_KEY is not set: PostgreSQL has no place of its own for a key")
