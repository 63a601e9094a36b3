"""Floor 2: SQLModel rows, mappers between rows and the core, units of work, migrations."""
