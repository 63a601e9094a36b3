"""Floor 2: files that people write (YAML, PO) become core objects, with file:line:column problems."""
