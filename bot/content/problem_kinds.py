"""Every kind of problem that a file can have, with what it means in a sentence: SARIF, the editor and docs/operators.md say the same.

A test holds this list against the readers and against the page: each kind has its section there.
"""

from __future__ import annotations

from collections.abc import Mapping

PAGE = "docs/operators.md"

KINDS: Mapping[str, str] = {
    "allowance": "The catalogue's one allowance does not hold together.",
    "alternative": "A rule's alternatives do not hold together.",
    "asks-nothing": "A check-in asks nothing.",
    "changing": "The file was being written while it was read.",
    "content": "The file does not say what it must.",
    "contradiction": "One button says and denies the same symptom.",
    "country": "Not a two-letter country code.",
    "dead-rule": "A rule that can never change anything.",
    "duplicate-ask": "One check-in asks the same question twice.",
    "duplicate-id": "Two things have the same id, or an id is the bot's own.",
    "duplicate-key": "The same field stands twice.",
    "empty-condition": "A rule's condition is empty.",
    "empty-group": "`only` or `skip` names nobody.",
    "encoding": "The file is not UTF-8.",
    "example": "An example is not complete.",
    "example-fails": "An example of the schedule does not come out as it says.",
    "file": "The file cannot be read.",
    "file-name": "The file is not called what its content says.",
    "floor": "A symptom's floor does not hold together.",
    "follow-up-circle": "A follow-up question leads back to itself.",
    "languages": "A language that the schedule names is not there.",
    "late-translation": "A sentence changed after it was translated; English stands in for it.",
    "loinc": "Not a LOINC code.",
    "message-text": "A text has wrong markup or parameters.",
    "milder": "A milder form is not milder.",
    "missing-field": "A field that must be there is missing.",
    "missing-text": "Something that is asked has no text.",
    "never-asked": "A question or a check-in can never reach anybody.",
    "no-day": "A shift has no day.",
    "no-option": "A question has no button.",
    "no-phase": "A check-in lies in no phase.",
    "no-policy": "A red flag would have no escalation.",
    "no-step": "A chain of paging has no step.",
    "nobody": "Nobody is named where somebody must be.",
    "order": "Something stands out of the order of time.",
    "phases": "The phases do not follow one another from treatment on.",
    "phone": "Not a phone number.",
    "phrase": "A phrase of the vocabulary cannot be read.",
    "qualities": "A symptom's qualities do not hold together.",
    "quiet-hours": "Quiet hours that would never end.",
    "raises": "A rule does not raise.",
    "recogniser": "The trained recogniser's files do not hold together.",
    "red-flags-first": "A check-in does not begin with the red flags.",
    "rule-id": "Not the id of a rule.",
    "silence": "A reminder that comes before anybody can answer.",
    "sms-budget": "A text costs more SMS than its kind may.",
    "threshold": "A threshold does not tighten the catalogue.",
    "threshold-gap": "A range of values that no rule covers.",
    "time-zone": "Not a time zone.",
    "too-many-buttons": "More buttons than a phone shows well.",
    "type": "Not the kind of value that belongs here.",
    "uncovered": "An hour in which nobody is on call.",
    "unknown-clinician": "Nobody of this clinic has that name.",
    "unknown-escalation": "clinic.yaml has no escalation of that name.",
    "unknown-field": "No field of that name belongs here.",
    "unknown-quality": "The symptom has no such quality.",
    "unknown-question": "No question has that id.",
    "unknown-risk": "No risk has that name.",
    "unknown-rota": "No rota has that name.",
    "unknown-symptom": "No symptom has that id.",
    "unknown-text": "No text has that key.",
    "unknown-value": "Not one of the known words.",
    "unreachable": "A rule that nothing can reach.",
    "wait": "A step waits too long, or not at all.",
    "window": "A window in which nothing would be sent.",
    "yaml": "Not the plain YAML that these files are written in.",
}
"""Kind to one sentence."""


def page_of(kind: str) -> str:
    """Where the operators' page explains this kind: ``docs/operators.md#time-zone``."""
    return f"{PAGE}#{kind}"
