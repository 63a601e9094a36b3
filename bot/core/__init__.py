"""Floor 0: pure. No I/O, clock, randomness, logging, async, database or settings; time comes in as an argument."""
