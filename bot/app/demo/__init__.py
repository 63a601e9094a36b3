"""`aftercare demo`: the real bot, a stand-in for Telegram, a clock to turn, and a small cast."""
