"""Alembic's migrations. They run on a connection that ``bot.storage.schema`` hands over; there is no alembic.ini."""
