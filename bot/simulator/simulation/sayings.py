"""What simulated patients write, with what is true about it. Sources: the clinical content's part D, in the patients' own spelling."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Saying:
    """One message. ``red``: it says a red flag, and somebody of the clinic must be paged. ``stop``: nothing else, but to stop."""

    text: str
    red: bool = False
    stop: bool = False


FINE = (
    Saying("all good today"),
    Saying("no problems, feeling well"),
    Saying("ok thanks"),
)
MILD = (
    Saying("tired but ok, slept 10h"),
    Saying("injectn site red n sore, getting better"),
    Saying("No poo for 2 days, im on codeine"),
    Saying("37.6"),
    Saying("no chest pain, no breathlessness, just cant sleep"),
)
RED = (
    Saying("left calf swollen and sore since yesterday", red=True),
    Saying("calf swollen since yday and now sharp pain when I breathe in", red=True),
    Saying("lips tingling and swelling, hives", red=True),
    Saying("39.4 and shaking with chills", red=True),
    Saying("I can't breathe properly since an hour", red=True),
    Saying("chest pain that goes into my arm", red=True),
    Saying("Face droopy for 10 min this morning but its gone now", red=True),
    Saying("yellow pus coming out of the injection spot, no fever", red=True),
    Saying("I want to die, this pain wont stop", red=True),
    Saying("nosebleed 25 minutes wont stop", red=True),
    Saying("fainted in the bathroom this morning", red=True),
    Saying("temp 40.1", red=True),
)
STOP = Saying("STOP", stop=True)
