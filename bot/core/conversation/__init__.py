"""One patient's conversation: a session, its transition table, and ``step(session, event, now) -> (session, actions)``."""
