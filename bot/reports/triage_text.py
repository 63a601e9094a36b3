"""The sentences of the triage page that do not come from the catalogue."""

from __future__ import annotations

from typing import Final

HEAD: Final = """# How the bot decides

Written by `make triage-page` from `bot/catalogue/`; do not edit it by hand. This is clinical content in draft: it is in force for
patients once a clinician has signed it at the end of the page. Adults only."""

DECIDED: Final = """## How a level is decided

1. Three readers look at every message, whatever was asked: *measures* (numbers and their units), *vocabulary* (phrases, with
   negation, past, other persons and suppositions), and the *learned reader* (what people say who name no symptom). They find; they
   do not decide.
2. The rules below decide. Each asks for at least its level; **the highest level asked for is the answer**, and every rule that asked
   is kept with its id and shown in the alert.
3. Rules only raise. A number beats a word for the symptom that it measures; no reassuring number lowers another symptom. "Just", "a
   bit" and "probably nothing" lower nothing.
4. A denial takes back only what it denies. What happened to another person, long ago, or is only supposed does not alert. Resolved
   is not safe where a symptom says so below.
5. Day, phase, role, route, language and the question that was open never switch a red flag off. A clinic's schedule may tighten a limit, never
   loosen one.
6. What was not understood is asked back once, then a person decides. The bot never says that something is normal or harmless."""

LEVELS: Final = """| level | what the patient is told | who is told |
|---|---|---|
| **emergency** | call the emergency number now; it stands first | the people on call are paged at once |
| **urgent** | phone the clinic or go to an emergency department; seen within about 4 hours | the people on call are paged at once |
| same day | the clinic answers on the same or the next working day; what would make it urgent | the clinic, as a task |
| self manage | advice, a timed check and what to watch for | nobody; it is kept |
| none | thanks | nobody; it is kept |"""

NUMBERS: Final = """What each number gives by itself, asked of the engine value by value: an adult at rest, not pregnant, day 5, no risks. With a
symptom or a risk a number may give more: see the symptoms and combinations. An armpit temperature counts 0.5 °C more."""

MILDER: Final = """Besides it a symptom's own row may name a *milder form* of the symptom; these stand with the symptoms below, and each needs its
words to be said."""

ASKED_BACK: Final = """## What is asked back

One closed question (Yes / No / Something else), in the patient's language; yes, silence or another unreadable answer goes to a person.

- A word of the body, of illness or of alarm that no rule explains, whatever else the message says.
- A message without positive evidence that all is well: nothing understood is never "none".
- A symptom that is only supposed, and a symptom of danger of somebody else: is it the patient?
- A red flag that rests on a phrase among words that no rule knows, unless the learned reader takes it for one as well (`believe`, see
  below): a question about that symptom, with the emergency number where an emergency is at stake.
- A probability of the learned reader between its `ask` and its `red` threshold: a question about that very symptom.
- A number that no living adult can have (see Numbers).

Urgent and emergency are never held up by a question where the rules are sure of them."""

LEARNED: Final = """It may raise, or ask, or confirm what the rules only suspect; it lowers nothing that they are sure of. A clear denial of exactly that
symptom may keep it from raising. All figures are calibrated probabilities from 0 to 1, chosen by cost on development data, never on
the test part."""

CURVES: Final = {
    "threshold-curve.svg": """The first panel shows, for every threshold of `red`, how many red flags page a clinician at once (up) and how many
ordinary replies do so without need (across); the second, for every threshold of `ask`, how many red flags reach a person or are asked
about, and how many ordinary replies are asked back. Along a line to the left there are fewer needless pages or questions and more red
flags missed; the dot is what is released, and up and to the left of where the dashed lines cross is where the project wants it.

Both are of development replies, whose ordinary ones are written to look like red flags; `vague` is left out, so that a few of the pages
shown are questions.""",
    "learning-curve.svg": """How many red flags are escalated at once after learning from an eighth of the replies, a quarter, a half and
all of them, with the rules and the small network. The transformer, which reads too where that leaves a doubt, is not trained again for
each point.""",
}
"""What each picture shows, and how to read it."""

SIGNATURE: Final = """## Signature

I have read this page. The levels, limits, combinations, modifiers and the one allowance may decide about our patients as they stand.

| | |
|---|---|
| Content | `{version}`, of {of} |
| Name and title | |
| Clinic | |
| Exceptions and changes asked for | |
| Date | |
| Signature | |"""
