"""Aftercare: follows people after mesenchymal-stem-cell treatment.

Floors (a file imports only from floors below its own; import-linter keeps it so):
0 ``core`` (pure), 1 ``ports``, 2 ``services`` ``storage`` ``channels`` ``content``, 3 ``web`` ``simulator``, 4 ``app``.
"""
