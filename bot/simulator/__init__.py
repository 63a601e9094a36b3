"""Floor 3: the Telegram stand-in, the two-pane demo page, the seeded simulation."""
