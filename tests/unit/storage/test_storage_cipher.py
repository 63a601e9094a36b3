"""Sealed fields: opened by the right key for the right field only."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from bot.core.errors import SettingsInvalid
from bot.storage.cipher import Cipher, key_beside, key_from_text, seal, unseal
from bot.storage.url import parse_url

KEY = bytes(range(32))


def test_a_sealed_value_opens_with_its_own_key_and_name_only() -> None:
    cipher = Cipher(KEY)
    key, wrapped = cipher.new_key()
    sealed = seal(key, b"Ann", "patient.identity")
    assert b"Ann" not in sealed
    assert seal(key, b"Ann", "patient.identity") != sealed, "the same value never looks the same twice"
    assert unseal(cipher.unwrap(wrapped), sealed, "patient.identity") == b"Ann"
    for wrong_key, value, about in (
        (KEY, sealed, "patient.identity"),
        (key, sealed, "other"),
        (key, sealed[:-1], "patient.identity"),
    ):
        with pytest.raises(SettingsInvalid):
            unseal(wrong_key, value, about)


def test_every_patient_has_a_key_of_their_own() -> None:
    cipher = Cipher(KEY)
    assert cipher.new_key()[0] != cipher.new_key()[0]


def test_a_wrapped_key_is_useless_under_another_master_key() -> None:
    _, wrapped = Cipher(KEY).new_key()
    with pytest.raises(SettingsInvalid):
        Cipher(bytes(32)).unwrap(wrapped)
    assert not Cipher(bytes(32)).fits(Cipher(KEY).check_word())
    assert Cipher(KEY).fits(Cipher(KEY).check_word())


@pytest.mark.parametrize(
    "text", [KEY.hex(), base64.b64encode(KEY).decode(), base64.urlsafe_b64encode(KEY).decode().rstrip("="), f" {KEY.hex()}\n"]
)
def test_a_key_is_written_in_hex_or_base64(text: str) -> None:
    assert key_from_text(text) == KEY


@pytest.mark.parametrize("text", ["", "short", KEY.hex()[:-2], "pässword" * 8, base64.b64encode(KEY + b"x").decode()])
def test_anything_else_is_no_key(text: str) -> None:
    with pytest.raises(SettingsInvalid):
        key_from_text(text)
    with pytest.raises(SettingsInvalid):
        Cipher(text.encode())


def test_a_key_file_is_made_once_and_read_afterwards(tmp_path: Path) -> None:
    database = tmp_path / "aftercare.db"
    assert key_beside(database) == key_beside(database)
    (tmp_path / "aftercare.db.key").write_text("spoilt")
    with pytest.raises(SettingsInvalid):
        key_beside(database)


@pytest.mark.parametrize(
    ("url", "sqlite", "postgresql"),
    [
        ("aftercare.db", "aftercare.db", None),
        ("sqlite:///aftercare.db", "aftercare.db", None),
        ("sqlite:////var/lib/aftercare.db", "/var/lib/aftercare.db", None),
        ("sqlite://", ":memory:", None),
        (":memory:", ":memory:", None),
        ("postgresql+psycopg://u:p@db/aftercare", None, "postgresql://u:p@db/aftercare"),
    ],
)
def test_a_setting_names_a_database(url: str, sqlite: str | None, postgresql: str | None) -> None:
    address = parse_url(url)
    assert (address.sqlite, address.postgresql) == (sqlite, postgresql)


@pytest.mark.parametrize("url", ["", "mysql://db", "http://db"])
def test_other_settings_are_refused(url: str) -> None:
    with pytest.raises(SettingsInvalid):
        parse_url(url)
