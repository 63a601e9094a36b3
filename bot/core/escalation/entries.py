"""What a line of an alert's history can say. Stored by value: a word is never renamed."""

from __future__ import annotations

from enum import StrEnum


class EntryKind(StrEnum):
    """One kind of line; ``by`` and ``detail`` of the line say who and why."""

    OPENED = "opened"
    STARTED = "started"
    """The chain's first step was taken (again)."""
    CLIMBED = "climbed"
    PAGED = "paged"
    REPEATED = "repeated"
    """A page that may have been delivered already is sent again."""
    PAGE_FAILED = "page_failed"
    ACKNOWLEDGED = "acknowledged"
    CALLING = "calling"
    """They promised to call; ``detail`` says by when."""
    CALLED = "called"
    """They have called, and it is not over yet."""
    HANDED_OVER = "handed_over"
    TAKEN_OVER = "taken_over"
    """A colleague took it from whoever had it; ``detail`` says from whom."""
    REMINDED = "reminded"
    REOPENED = "reopened"
    JOINED = "joined"
    MERGED = "merged"
    RESOLVED = "resolved"
    RETIMED = "retimed"
    """The auditor set a timer right."""
    PATIENT_WAITS = "patient_waits"
    """The patient was told that nobody has answered yet."""
    RELAYED = "relayed"
    """A clinician's words went to the patient."""
    ANSWERED = "answered"
    """The patient's words went into the thread."""
