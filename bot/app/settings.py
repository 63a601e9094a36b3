"""The settings, read once at start, checked all together. Names and defaults are a contract with operators (README.md)."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from bot.app.environment import PREFIX, Values, read_env_file
from bot.app.secret import Secret
from bot.core.errors import SettingsInvalid
from bot.core.phone import is_e164

_SECRETS = frozenset(
    {"DATABASE_URL", "TELEGRAM_TOKEN", "TELEGRAM_WEBHOOK_SECRET", "TWILIO_AUTH_TOKEN", "ENCRYPTION_KEY", "HEARTBEAT_URL"}
)
_PLAIN = frozenset(
    {
        *("TELEGRAM_API_URL", "TELEGRAM_MODE", "TELEGRAM_MESSAGES_PER_SECOND", "PUBLIC_URL", "HTTP_HOST", "HTTP_PORT"),
        *("TWILIO_ACCOUNT_SID", "TWILIO_FROM", "TWILIO_API_URL", "SCHEDULES", "MESSAGES", "LOG_LEVEL", "REQUIRE_ALL"),
    }
)
_KNOWN = _SECRETS | _PLAIN | {f"{name}_FILE" for name in _SECRETS}
SHIPPED = Path(__file__).parents[2]
"""The folder that the program was unpacked into."""
DEFAULT_DATABASE = "sqlite:///aftercare.db"
_DEFAULT_DATABASE = Secret(DEFAULT_DATABASE)
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{3,}\Z")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}\Z")


class TelegramMode(StrEnum):
    """How updates arrive: we fetch them, or Telegram brings them."""

    POLLING = "polling"
    WEBHOOK = "webhook"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sms:
    """A Twilio account: ``sender`` is our number, or the id of a messaging service."""

    account: str
    auth_token: Secret
    sender: str
    public_url: str
    api_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Everything that a deployment may set. Secrets print as ``***``; the database and heartbeat URLs count as such."""

    database_url: Secret = _DEFAULT_DATABASE
    telegram_token: Secret | None = None
    telegram_api_url: str = "https://api.telegram.org"
    telegram_mode: TelegramMode = TelegramMode.POLLING
    telegram_webhook_secret: Secret | None = None
    telegram_messages_per_second: int = 30
    """Telegram's own limit; more only with its paid broadcasts. 0: no pace at all, for a stand-in."""
    public_url: str | None = None
    http_host: str = "127.0.0.1"
    http_port: int = 8080
    twilio_account_sid: str | None = None
    twilio_auth_token: Secret | None = None
    twilio_from: str | None = None
    twilio_api_url: str = "https://api.twilio.com"
    schedules: Path = Path("schedules")
    messages: Path = Path("messages")
    encryption_key: Secret | None = None
    heartbeat_url: Secret | None = None
    log_level: str = "INFO"
    unknown: tuple[str, ...] = ()
    """Names with our prefix that are no setting: probably misspelt; `aftercare doctor` shows them."""

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None, env_file: Path = Path(".env")) -> Settings:
        """Reads the environment and ``.env``. Raises SettingsInvalid with every problem and its remedy."""
        try:
            from_file = read_env_file(env_file)
        except (ValueError, OSError) as error:
            raise SettingsInvalid(str(error)) from None
        values = Values(os.environ if environment is None else environment, from_file)
        settings = _read(values)
        if values.problems:
            raise SettingsInvalid("\n".join(values.problems))
        return settings

    def for_telegram(self) -> Secret:
        """The bot's token, once everything that talking to Telegram needs is there. Raises SettingsInvalid."""
        problems = []
        if self.telegram_token is None:
            problems.append(
                f"{PREFIX}TELEGRAM_TOKEN is missing: put the token that @BotFather gave you there (or see `aftercare demo`)"
            )
        if self.telegram_mode is TelegramMode.WEBHOOK and self.telegram_webhook_secret is None:
            problems.append(f"{PREFIX}TELEGRAM_WEBHOOK_SECRET is missing: webhook mode needs 16 to 256 random letters and digits")
        if self.telegram_mode is TelegramMode.WEBHOOK and self.public_url is None:
            problems.append(
                f"{PREFIX}PUBLIC_URL is missing: webhook mode needs the https address under which Telegram reaches us"
            )
        if problems or self.telegram_token is None:
            raise SettingsInvalid("\n".join(problems))
        return self.telegram_token

    def for_sms(self) -> Sms | None:
        """What sending and receiving SMS needs; None where none of it is set. Raises SettingsInvalid where only a part is."""
        given = {
            "TWILIO_ACCOUNT_SID": self.twilio_account_sid,
            "TWILIO_AUTH_TOKEN": self.twilio_auth_token,
            "TWILIO_FROM": self.twilio_from,
        }
        if not any(given.values()):
            return None
        needed = {**given, "PUBLIC_URL": self.public_url}
        missing = [f"{PREFIX}{name}" for name, value in needed.items() if not value]
        if missing or not (self.twilio_account_sid and self.twilio_auth_token and self.twilio_from and self.public_url):
            raise SettingsInvalid(
                f"SMS is set up in part; missing: {', '.join(missing)}. Twilio's console shows the first three; the public "
                "https address is where it brings what patients write"
            )
        return Sms(
            account=self.twilio_account_sid,
            auth_token=self.twilio_auth_token,
            sender=self.twilio_from,
            public_url=self.public_url,
            api_url=self.twilio_api_url,
        )

    def secrets(self) -> tuple[str, ...]:
        """Every secret text, for the log filter."""
        held = (
            self.telegram_token,
            self.telegram_webhook_secret,
            self.twilio_auth_token,
            self.encryption_key,
            self.heartbeat_url,
        )
        passwords = [urlsplit(self.database_url.reveal()).password]
        return tuple(text for text in [*(s.reveal() for s in held if s), *passwords] if text)


def _read(values: Values) -> Settings:
    return Settings(
        database_url=Secret(_database_url(values)),
        telegram_token=_secret(values, "TELEGRAM_TOKEN", _TOKEN, "a token such as 123456:ABC-DEF, from @BotFather"),
        telegram_api_url=_url(values, "TELEGRAM_API_URL", "https://api.telegram.org") or "",
        telegram_mode=_mode(values),
        telegram_webhook_secret=_secret(
            values, "TELEGRAM_WEBHOOK_SECRET", _WEBHOOK_SECRET, "16 to 256 letters, digits, - and _, chosen at random"
        ),
        telegram_messages_per_second=_number(values, "TELEGRAM_MESSAGES_PER_SECOND", 30, 0, 1000),
        public_url=_url(values, "PUBLIC_URL", None),
        http_host=values.text("HTTP_HOST", "127.0.0.1"),
        http_port=_number(values, "HTTP_PORT", 8080, 0, 65535),
        twilio_account_sid=values.text("TWILIO_ACCOUNT_SID") or None,
        twilio_auth_token=_secret(values, "TWILIO_AUTH_TOKEN", re.compile(r"\S+\Z"), "the auth token of your Twilio account"),
        twilio_from=_sms_sender(values),
        twilio_api_url=_url(values, "TWILIO_API_URL", "https://api.twilio.com") or "",
        schedules=Path(values.text("SCHEDULES", "schedules")),
        messages=_messages(values),
        encryption_key=_encryption_key(values),
        heartbeat_url=_heartbeat(values),
        log_level=_log_level(values),
        unknown=values.unknown(_KNOWN),
    )


def _messages(values: Values) -> Path:
    """The folder that is named, or ``messages`` here; where there is none here, the one that came with the program."""
    path = Path(values.text("MESSAGES", "messages"))
    return SHIPPED / "messages" if path == Path("messages") and not path.is_dir() and (SHIPPED / "messages").is_dir() else path


def _database_url(values: Values) -> str:
    url = values.secret("DATABASE_URL") or DEFAULT_DATABASE
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        values.wrong(
            "DATABASE_URL", "is of no kind that we know", "use sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME"
        )
    return url


def _secret(values: Values, name: str, form: re.Pattern[str], remedy: str) -> Secret | None:
    text = values.secret(name)
    if text and not form.match(text):
        values.wrong(name, "is not of the expected form", f"put {remedy}")
    return Secret(text) if text else None


def _url(values: Values, name: str, default: str | None) -> str | None:
    text = values.text(name).rstrip("/") or default
    if text is not None and not _is_web_address(text):
        values.wrong(name, f"is {text!r}", "write a whole address such as https://clinic.example")
    return text


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _mode(values: Values) -> TelegramMode:
    text = values.text("TELEGRAM_MODE", "polling")
    if text not in set(TelegramMode):
        values.wrong("TELEGRAM_MODE", f"is {text!r}", "write polling or webhook")
        return TelegramMode.POLLING
    return TelegramMode(text)


def _number(values: Values, name: str, default: int, least: int, most: int) -> int:
    text = values.text(name, str(default))
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        values.wrong(name, f"is {text!r}", f"write a whole number from {least} to {most}")
        return default
    return int(text)


def _encryption_key(values: Values) -> Secret | None:
    text = values.secret("ENCRYPTION_KEY")
    if not text:
        return None
    from bot.storage.cipher import key_from_text  # noqa: PLC0415 - a command that needs no key does not load the database code

    try:
        key_from_text(text)
    except SettingsInvalid:
        values.wrong("ENCRYPTION_KEY", "is not 32 bytes in hex or base64", "make one with `openssl rand -hex 32`")
    return Secret(text)


def _sms_sender(values: Values) -> str | None:
    text = values.text("TWILIO_FROM")
    if text and not (is_e164(text) or re.fullmatch(r"MG[0-9a-fA-F]{32}", text)):
        values.wrong("TWILIO_FROM", f"is {text!r}", "write your number as +436641234567, or a messaging service's id (MG...)")
        return None
    return text or None


def _heartbeat(values: Values) -> Secret | None:
    text = values.secret("HEARTBEAT_URL")
    if text and not _is_web_address(text):
        values.wrong("HEARTBEAT_URL", "is no web address", "write a whole address such as https://watchdog.example/ping/123")
    return Secret(text) if text else None


def _log_level(values: Values) -> str:
    text = values.text("LOG_LEVEL", "INFO").upper()
    if text not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        values.wrong("LOG_LEVEL", f"is {text!r}", "write DEBUG, INFO, WARNING or ERROR")
        return "INFO"
    return text
