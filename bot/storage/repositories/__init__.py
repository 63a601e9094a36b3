"""The repositories of ``bot.ports``, one concept a file, each over one open transaction."""
