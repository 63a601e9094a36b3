"""Sealing fields at rest: AES-256-GCM with a key per patient, each wrapped by the master key.

Whoever reads a stolen database file sees no name; whoever forgets a patient's key forgets what it sealed. Every sealed value is
bound to what it is and whose (associated data), so it cannot be moved to another row unnoticed.
"""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.core.errors import SettingsInvalid

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class Cipher:
    """The master key. ``AFTERCARE_ENCRYPTION_KEY`` holds it; without one a file beside the SQLite database does."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise SettingsInvalid(f"AFTERCARE_ENCRYPTION_KEY must be {KEY_BYTES} bytes, got {len(key)}")
        self._master = AESGCM(key)

    def new_key(self) -> tuple[bytes, bytes]:
        """A patient's new key: (the key itself, never stored; the key wrapped by the master key, for their row)."""
        key = AESGCM.generate_key(bit_length=8 * KEY_BYTES)
        return key, _seal(self._master, key, "patient.key")

    def unwrap(self, wrapped: bytes) -> bytes:
        """The patient's key. Raises SettingsInvalid where the master key is not the one that wrapped it."""
        return _open(self._master, wrapped, "patient.key")

    def check_word(self) -> bytes:
        """A sealed word that only this key opens: stored once, it tells at start whether the key fits."""
        return _seal(self._master, b"aftercare", "store.check")

    def fits(self, check_word: bytes) -> bool:
        """Whether the word was sealed with this key."""
        try:
            return _open(self._master, check_word, "store.check") == b"aftercare"
        except SettingsInvalid:
            return False


def seal(key: bytes, value: bytes, about: str) -> bytes:
    """The value under a patient's key; ``about`` names the field (``patient.identity``)."""
    return _seal(AESGCM(key), value, about)


def unseal(key: bytes, sealed: bytes, about: str) -> bytes:
    """The value again. Raises SettingsInvalid for another key, another field or a changed value."""
    return _open(AESGCM(key), sealed, about)


def _seal(key: AESGCM, value: bytes, about: str) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + key.encrypt(nonce, value, about.encode())


def _open(key: AESGCM, sealed: bytes, about: str) -> bytes:
    try:
        return key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], about.encode())
    except InvalidTag as wrong:
        raise SettingsInvalid(
            "AFTERCARE_ENCRYPTION_KEY is not the key of this database, or a sealed value was changed"
        ) from wrong


def key_from_text(text: str) -> bytes:
    """The key in a setting: 32 bytes as 64 hex digits or as base64. Raises SettingsInvalid for anything else."""
    text = text.strip()
    for decode in (bytes.fromhex, _base64):
        try:
            key = decode(text)
        except (ValueError, binascii.Error):
            continue
        if len(key) == KEY_BYTES:
            return key
    raise SettingsInvalid("AFTERCARE_ENCRYPTION_KEY must be 32 bytes, written as 64 hex digits or as base64")


def _base64(text: str) -> bytes:
    return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)


def key_beside(database: Path) -> bytes:
    """The key file beside a SQLite database (``aftercare.db.key``, readable by its owner only), made where there is none."""
    path = database.with_name(database.name + ".key")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return key_from_text(path.read_text("ascii"))
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(os.urandom(KEY_BYTES).hex())
        file.flush()
        os.fsync(file.fileno())
    return key_from_text(path.read_text("ascii"))
