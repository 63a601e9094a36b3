"""Floor 4: settings, the only wiring, the runtime and the command line."""
