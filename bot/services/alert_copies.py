"""The pages that are out: edited, so that each tells the alert's present state and offers only what can still be done.

``alert_edit:<id>`` is the purpose of every edit; one whose page is still on its way waits for it (``edits`` = ``outbox:<row>``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.core.delivery import Button, DeliveryState, Kind, Lane, OutgoingMessage
from bot.core.escalation.alert import AlertState
from bot.core.escalation.clinician import Clinician
from bot.services.alert_buttons import CALLED, TAKE_OVER, action_button, actions_for, rows_of
from bot.services.alert_desk import Desk
from bot.services.alert_pages import cancel
from bot.services.clinics import may_act

COPIES_EDITED = 3
"""How many of a clinician's copies follow the alert's state: the newest. An alert that looped all night has many."""
LOOKED_AT = 200
"""The alert's newest messages, among which those copies are looked for: an alert that nobody answers for days sends thousands."""


def update_copies(desk: Desk) -> None:
    """Edits the newest copies of everybody who was paged; a copy that is on its way is edited as soon as it has arrived.

    Somebody who has left, or has another chat now, reads no more about the patient.
    """
    edit_purpose = f"alert_edit:{desk.alert.id}"
    older = desk.uow.outbox.of_purpose(edit_purpose, newest=LOOKED_AT)
    cancel(desk.uow, [m for m in older if m.state in {DeliveryState.PENDING, DeliveryState.WAITING}])
    ended = {m.edits for m in older if m.state is DeliveryState.SENT and not m.buttons}
    for copy in _newest_copies(desk.uow.outbox.of_purpose(desk.purpose, newest=LOOKED_AT)):
        if copy.provider_id in ended and desk.alert.state is not AlertState.RESOLVED:
            continue  # it says already that a newer message follows
        clinician = desk.uow.clinicians.get(copy.clinician or "")
        if clinician is not None and may_act(clinician, desk.world) and clinician.address == copy.address:
            desk.uow.outbox.add(_edit(desk, copy, clinician, edit_purpose))


def _newest_copies(pages: Sequence[OutgoingMessage]) -> list[OutgoingMessage]:
    seen: Counter[str] = Counter()
    copies: list[OutgoingMessage] = []
    for message in sorted(pages, key=lambda m: -m.id):
        on_screen = message.state is DeliveryState.SENT and message.provider_id is not None
        if not on_screen and message.state is not DeliveryState.SENDING:
            continue
        seen[message.clinician or ""] += 1
        if seen[message.clinician or ""] <= COPIES_EDITED:
            copies.append(message)
    return copies


def _edit(desk: Desk, copy: OutgoingMessage, clinician: Clinician, purpose: str) -> OutgoingMessage:
    language = clinician.language
    live, stale = _live_buttons(desk, copy, clinician)
    arrived = copy.provider_id is not None
    return OutgoingMessage(
        id=0,
        channel=copy.channel,
        address=copy.address,
        text=desk.text(language, _status_for_copy(desk, language, stale=stale)),
        lane=Lane.ALERT,
        kind=Kind.EDIT,
        buttons=rows_of(live),
        edits=copy.provider_id if arrived else f"outbox:{copy.id}",
        purpose=purpose,
        patient_id=copy.patient_id,
        clinician=copy.clinician,
        state=DeliveryState.PENDING if arrived else DeliveryState.WAITING,
        due_at=desk.now if arrived else None,
    )


def _live_buttons(desk: Desk, copy: OutgoingMessage, clinician: Clinician) -> tuple[tuple[Button, ...], bool]:
    """Those of the copy's own buttons that still do something, and whether they are older than the alert's fence.

    "I have called" is a button of its own: a second tap on "I'm calling" must not say that the call is over. So is "Take over": it
    takes from whoever has it now.
    """
    wanted = actions_for(desk.alert, clinician.id, trend=True)
    live: list[Button] = []
    for button in (button for row in copy.buttons for button in row):
        stored = desk.uow.buttons.get(button.id)
        if stored is None:
            continue
        if int(stored.payload["version"]) < desk.alert.fence:
            return (), True
        if stored.action in wanted:
            live.append(button)
    fresh = [action for action in (CALLED, TAKE_OVER) if action in wanted]
    if live:
        live[:0] = [action_button(desk, clinician, action) for action in fresh]
    return tuple(live), False


def _status_for_copy(desk: Desk, language: str, *, stale: bool) -> str:
    if stale and desk.alert.state is not AlertState.RESOLVED:
        return desk.world.content.text(language, "alert.status.superseded")
    return desk.standing(language)
