"""What marks of punctuation say of the words beside them: a quotation, a list that is announced, a form that is filled in."""

from __future__ import annotations

import re
from itertools import islice

from bot.core.reading.patterns import Match
from bot.core.reading.tokens import Break, Tokens

_QUOTATION = re.compile(r"\"(?=\w+\W+\w+\W+\w)[^\"\n]{8,300}\"|(?<!\w)'(?=\w+\W+\w+\W+\w)[^'\n]{12,300}'(?!\w)")
"""Three words or more between quotation marks: a shorter stretch only stresses what the writer says."""
LONGEST_QUOTATION = 300
"""Characters between its marks."""
QUOTATIONS = 20
"""Quotations that are told from the writer's own words in one message."""
BELOW = frozenset(
    ["following", "these", "those", "symptoms", "siguientes", "estos", "sintomas", "folgenden", "dieser", "symptome", "следующего",
     "перечисленного", "этого", "симптомов", "asagidakilerden", "bunlardan", "belirtilerden", "التاليه", "الاعراض"]
)  # fmt: skip
"""Before a colon, they announce the list that a negator speaks of: "none of these: fever, cough"."""


def quotations(tokens: Tokens) -> tuple[tuple[int, int], ...]:
    """Where others' words stand in this stretch of the text; a very long message is read in many."""
    begin, end = max(tokens.start[0] - LONGEST_QUOTATION, 0), tokens.end[-1] + LONGEST_QUOTATION
    return tuple(m.span() for m in islice(_QUOTATION.finditer(tokens.source.text, begin, end), QUOTATIONS))


def announces_list(tokens: Tokens, negator: Match, first: int) -> bool:
    """Whether a colon stands right before the token ``first``: "I do not have any of these: chest pain, fainting"."""
    between = tokens.source.text[tokens.end[first - 1] : tokens.start[first]]
    alone = sum(tokens.breaks[at] is not Break.NONE for at in range(negator.first + 1, first + 1)) == 1
    announced = not BELOW.isdisjoint(tokens.words[negator.first : first])
    return announced and ":" in between and alone and tokens.sentence[negator.first] == tokens.sentence[first]


def filled_in(tokens: Tokens, negator: Match) -> bool:
    """Whether the negator is what a form was filled in with: right behind a colon or a dash, "cough - none."."""
    return tokens.source.text[tokens.end[negator.first - 1] : tokens.start[negator.first]].strip() in {":", "-"}
