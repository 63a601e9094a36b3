"""Aftercare: follows people after mesenchymal-stem-cell treatment.

Floors (a file imports only from floors below its own; import-linter keeps it so):
0 ``core`` (pure), 1 ``ports``, 2 ``services`` ``storage`` ``channels`` ``content``, 3 ``web`` ``simulator``, 4 ``app``.
"""

import os

# The learned reader multiplies small matrices, thousands a second in several workers: threads of the linear algebra library only get in
# each other's way (13 ms a message became 650 on a busy machine). It looks at this when numpy is first imported; who sets it keeps it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
