"""Patient text to findings: measures (numbers and units) and vocabulary (phrases in context)."""
