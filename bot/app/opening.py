"""Opens the store that the settings name."""

from __future__ import annotations

from bot.app.settings import Settings
from bot.ports import Store
from bot.storage.cipher import key_from_text
from bot.storage.store import open_store


def open_settings_store(settings: Settings, *, migrate: bool = True) -> Store:
    """Raises SettingsInvalid, SchemaMismatch, StorageFailed or StorageBusy, as ``open_store`` does."""
    key = settings.encryption_key
    return open_store(settings.database_url.reveal(), migrate=migrate, key=key_from_text(key.reveal()) if key else None)
