"""What the page shows and what it can ask for. Whoever implements ``DemoHost`` drives the real bot.

All moments are ISO 8601 with an offset, in the patient's own zone: the page prints their wall clock as it stands and computes nothing.
"""

from __future__ import annotations

from typing import Literal, NotRequired, Protocol, TypedDict

Who = Literal["patient", "clinician"]


class ShownButton(TypedDict):
    """One inline button; ``data`` is what a press sends."""

    label: str
    data: str


class Bubble(TypedDict):
    """One message as a phone shows it. ``html`` is safe: escaped, with Telegram's own tags only."""

    id: int
    mine: bool
    html: str
    at: str
    edited: bool
    kind: str
    image: NotRequired[str]
    """A picture that the bot sent, as a data URL."""
    buttons: list[list[ShownButton]]


class PatientChoice(TypedDict):
    """A patient to pick: ``about`` says in a few words what their course will show."""

    id: str
    name: str
    about: str


class FaultChoice(TypedDict):
    """Something that can go wrong on purpose. The one named ``none`` ends all faults."""

    id: str
    name: str
    active: bool


class TimelineItem(TypedDict):
    """A check-in of the current patient: ``state`` is a CheckInState, ``phase`` a Phase."""

    at: str
    id: str
    phase: str
    state: str
    title: NotRequired[str]


class DemoState(TypedDict):
    """The whole page."""

    now: str
    zone: NotRequired[str]
    treated_at: NotRequired[str | None]
    patients: list[PatientChoice]
    current: str
    patient_messages: list[Bubble]
    clinician_messages: list[Bubble]
    patient_notices: NotRequired[list[str]]
    """What answers to pressed buttons showed, all of them; the page flashes each new one."""
    clinician_notices: NotRequired[list[str]]
    clinician_name: NotRequired[str]
    suggestions: NotRequired[list[str]]
    """What this patient might write next; a click puts it into the input."""
    editor: NotRequired[bool]
    """Whether the schedules can be edited here."""
    timeline: list[TimelineItem]
    faults: list[FaultChoice]


class DemoHost(Protocol):
    """The demo behind the page. A method returns when what it caused is done, as far as the bot is concerned."""

    def state(self) -> DemoState:
        """Now."""
        ...

    @property
    def revision(self) -> int:
        """Rises with each change of ``state``."""
        ...

    async def changed(self, revision: int) -> None:
        """Returns when ``self.revision`` is above this one (at once where it is already)."""
        ...

    async def write(self, who: Who, text: str) -> None:
        """Somebody writes a message."""
        ...

    async def press(self, who: Who, message_id: int, data: str) -> None:
        """Somebody presses a button. Raises LookupError where their phone shows no such button."""
        ...

    async def advance(self, *, hours: int = 0, days: int = 0, to_next: bool = False) -> None:
        """Moves the clock, living through everything that falls due on the way."""
        ...

    async def pick(self, patient: str) -> None:
        """Another patient. Raises LookupError for an unknown one."""
        ...

    async def fault(self, name: str) -> None:
        """Switches a fault on, or with ``none`` all off. Raises LookupError for an unknown one."""
        ...
