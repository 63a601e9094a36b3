"""Alembic's entry: the whole upgrade is one transaction, on SQLite too, so a killed one leaves nothing behind."""

from __future__ import annotations

from alembic import context

from bot.storage.rows import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
