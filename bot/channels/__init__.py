"""Floor 2: One file per channel: parse, send, receipts."""
