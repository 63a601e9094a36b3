"""Numbers and units: what a patient measured, in one unit a kind. Numbers that are no readings are left alone."""
