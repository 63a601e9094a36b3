"""Floor 2: Services: one transaction each; load, decide in the core, save."""
