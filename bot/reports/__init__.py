"""Pages and files that people read away from the program: what a clinician signs."""
