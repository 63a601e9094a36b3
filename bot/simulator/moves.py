"""What a scripted patient does next: the best answer to whatever the bot is waiting for."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.careplan.enrolment import Patient
from bot.core.conversation.session import Session, SessionState


@dataclass(frozen=True, slots=True)
class Write:
    """Types these words."""

    text: str


@dataclass(frozen=True, slots=True)
class Press:
    """Presses this button of the newest message that has any, counted from 0."""

    index: int


Move = Write | Press
_TYPED = {"temperature": "36.7", "temperature_number": "36.8"}
"""Questions that these patients answer with a number, as they are asked to."""


def best_answer(session: Session, patient: Patient) -> Move | None:
    """How somebody who is well and willing goes on; None where the bot waits for nothing.

    Buttons stand with the best answer first (bot/catalogue/questions.yaml); a closed question has yes, no, something else.
    """
    match session.state:
        case SessionState.CONFIRMING_IDENTITY:
            return Write(str(patient.birth_year))
        case SessionState.CHOOSING_LANGUAGE | SessionState.CONSENTING:
            return Press(0)
        case SessionState.CLARIFYING:
            return Press(1)
        case SessionState.CHECK_IN if session.asked is not None:
            return Write(_TYPED[session.asked]) if session.asked in _TYPED else Press(0)
        case _:
            return None
