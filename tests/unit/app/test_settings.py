from __future__ import annotations

import base64
from pathlib import Path

import pytest

from bot.app.secret import Secret
from bot.app.settings import Settings, TelegramMode
from bot.core.errors import SettingsInvalid

TOKEN = "123456:" + "canaryTOKENvalue_0"
NO_FILE = Path("no-such-env-file")


def test_nothing_set_gives_the_documented_defaults() -> None:
    settings = Settings.load({}, NO_FILE)
    assert settings.database_url.reveal() == "sqlite:///aftercare.db"
    assert settings.telegram_api_url == "https://api.telegram.org"
    assert settings.telegram_mode is TelegramMode.POLLING
    assert (settings.http_host, settings.http_port) == ("127.0.0.1", 8080)
    assert (settings.schedules, settings.messages) == (Path("schedules"), Path("messages"))
    assert settings.telegram_token is None


def test_every_wrong_setting_is_told_at_once_with_its_remedy() -> None:
    with pytest.raises(SettingsInvalid) as raised:
        Settings.load(
            {
                "AFTERCARE_DATABASE_URL": "mysql://x",
                "AFTERCARE_TELEGRAM_TOKEN": "no-token",
                "AFTERCARE_TELEGRAM_MODE": "pull",
                "AFTERCARE_HTTP_PORT": "80a",
                "AFTERCARE_PUBLIC_URL": "clinic.example",
                "AFTERCARE_TELEGRAM_WEBHOOK_SECRET": "short",
                "AFTERCARE_ENCRYPTION_KEY": "abc",
                "AFTERCARE_HEARTBEAT_URL": "nowhere",
                "AFTERCARE_LOG_LEVEL": "loud",
            },
            NO_FILE,
        )
    lines = str(raised.value).splitlines()
    assert {line.split()[0].removeprefix("AFTERCARE_") for line in lines} == {
        *("DATABASE_URL", "TELEGRAM_TOKEN", "TELEGRAM_MODE", "TELEGRAM_WEBHOOK_SECRET", "HTTP_PORT"),
        *("PUBLIC_URL", "ENCRYPTION_KEY", "HEARTBEAT_URL", "LOG_LEVEL"),
    }
    assert len(lines) == 9
    assert all(": " in line.split(" ", 1)[1] for line in lines)
    assert raised.value.operator_must_act


def test_a_wrong_secret_is_not_quoted_in_the_problem() -> None:
    with pytest.raises(SettingsInvalid) as raised:
        Settings.load({"AFTERCARE_TELEGRAM_TOKEN": "wrongcanary", "AFTERCARE_DATABASE_URL": "mysql://u:pwcanary@h/d"}, NO_FILE)
    assert "canary" not in str(raised.value)


def test_secrets_never_show_in_repr_or_format() -> None:
    settings = Settings.load(
        {
            "AFTERCARE_TELEGRAM_TOKEN": TOKEN,
            "AFTERCARE_DATABASE_URL": "postgresql+psycopg://u:pw-canary@h/d",
            "AFTERCARE_TELEGRAM_WEBHOOK_SECRET": "canary-webhook-secret",
            "AFTERCARE_HEARTBEAT_URL": "https://watch.example/canary",
            "AFTERCARE_ENCRYPTION_KEY": base64.urlsafe_b64encode(b"canary" + b"0" * 26).decode(),
        },
        NO_FILE,
    )
    assert "canary" not in f"{settings!r} {settings} {settings.telegram_token} {settings.telegram_token!r}"
    assert settings.telegram_token is not None
    assert settings.telegram_token.reveal() == TOKEN
    assert "pw-canary" in settings.secrets()


def test_a_secret_is_read_from_the_file_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN + "\n")
    settings = Settings.load({"AFTERCARE_TELEGRAM_TOKEN_FILE": str(tmp_path / "token")}, NO_FILE)
    assert settings.telegram_token == Secret(TOKEN)


def test_a_secret_file_that_cannot_be_read_is_a_problem() -> None:
    with pytest.raises(SettingsInvalid, match="AFTERCARE_TELEGRAM_TOKEN_FILE names /no/such, which cannot be read"):
        Settings.load({"AFTERCARE_TELEGRAM_TOKEN_FILE": "/no/such"}, NO_FILE)


def test_a_secret_given_twice_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    with pytest.raises(SettingsInvalid, match="keep one of the two"):
        Settings.load({"AFTERCARE_TELEGRAM_TOKEN": TOKEN, "AFTERCARE_TELEGRAM_TOKEN_FILE": str(tmp_path / "token")}, NO_FILE)


def test_the_environment_wins_over_the_env_file(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("# ports\nexport AFTERCARE_HTTP_PORT=9001\nAFTERCARE_HTTP_HOST='::1'\n\n")
    settings = Settings.load({"AFTERCARE_HTTP_PORT": "9002"}, env_file)
    assert (settings.http_host, settings.http_port) == ("::1", 9002)


def test_a_broken_line_of_the_env_file_is_named(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("AFTERCARE_HTTP_PORT=9001\nwhat is this\n")
    with pytest.raises(SettingsInvalid, match=r"\.env:2: expected NAME=value"):
        Settings.load({}, env_file)


def test_a_misspelt_name_is_remembered_for_the_doctor() -> None:
    assert Settings.load({"AFTERCARE_TELEGRAM_TOKN": "x", "OTHER": "y"}, NO_FILE).unknown == ("AFTERCARE_TELEGRAM_TOKN",)


def test_running_without_a_token_says_where_to_get_one() -> None:
    with pytest.raises(SettingsInvalid, match="AFTERCARE_TELEGRAM_TOKEN is missing"):
        Settings.load({}, NO_FILE).for_telegram()


def test_webhook_mode_needs_its_secret_and_the_public_address() -> None:
    settings = Settings.load({"AFTERCARE_TELEGRAM_TOKEN": TOKEN, "AFTERCARE_TELEGRAM_MODE": "webhook"}, NO_FILE)
    with pytest.raises(SettingsInvalid) as raised:
        settings.for_telegram()
    assert "AFTERCARE_TELEGRAM_WEBHOOK_SECRET" in str(raised.value)
    assert "AFTERCARE_PUBLIC_URL" in str(raised.value)


TWILIO = {
    "AFTERCARE_TWILIO_ACCOUNT_SID": "AC1",
    "AFTERCARE_TWILIO_AUTH_TOKEN": "secret-token",
    "AFTERCARE_TWILIO_FROM": "+436641234567",
    "AFTERCARE_PUBLIC_URL": "https://bot.example",
}


def test_sms_is_off_until_something_of_it_is_set() -> None:
    assert Settings.load({}, NO_FILE).for_sms() is None


def test_sms_needs_all_of_its_settings_and_says_which_are_missing() -> None:
    sms = Settings.load(TWILIO, NO_FILE).for_sms()
    assert sms is not None
    assert (sms.account, sms.sender, sms.public_url) == ("AC1", "+436641234567", "https://bot.example")
    for name in TWILIO:
        with pytest.raises(SettingsInvalid, match=name):
            Settings.load({key: value for key, value in TWILIO.items() if key != name}, NO_FILE).for_sms()


def test_a_number_to_write_from_is_a_whole_one() -> None:
    with pytest.raises(SettingsInvalid, match="TWILIO_FROM"):
        Settings.load({"AFTERCARE_TWILIO_FROM": "0664 123"}, NO_FILE)
    assert Settings.load({"AFTERCARE_TWILIO_FROM": "MG" + "a" * 32}, NO_FILE).twilio_from == "MG" + "a" * 32
