"""spaCy's PhraseMatcher on a blank pipeline, or pyahocorasick: phrases in, the time of each message out, as JSON.

They find phrases and no more: no typos, no gaps, no negation, no numbers. That is the floor of reading.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

BEGAN = time.perf_counter()
sys.path.insert(0, str(Path(__file__).parents[2]))
from benchmarks.timing import microseconds, once, resident_mib, summary  # noqa: E402

Find = Callable[[str], list[str]]


def phrase_matcher(phrases: list[str]) -> Find:
    """spaCy, any language's words."""
    import spacy  # noqa: PLC0415 - only one of the two is loaded, and its import counts as its start
    from spacy.matcher import PhraseMatcher  # noqa: PLC0415 - as above

    nlp = spacy.blank("xx")
    matcher = PhraseMatcher(nlp.vocab)
    matcher.add("phrases", [nlp.make_doc(phrase) for phrase in phrases])

    def find(text: str) -> list[str]:
        doc = nlp.make_doc(text)
        return [doc[start:end].text for _, start, end in matcher(doc)]

    return find


def automaton(phrases: list[str]) -> Find:
    """pyahocorasick; whole words only."""
    import ahocorasick  # noqa: PLC0415 - as above

    found = ahocorasick.Automaton()
    for phrase in phrases:
        found.add_word(f" {phrase} ", phrase)
    found.make_automaton()

    def find(text: str) -> list[str]:
        return [phrase for _, phrase in found.iter(f" {text} ")]

    return find


def main(kind: str, path: str) -> None:
    """``kind`` is spacy or ahocorasick; ``path`` the task's file."""
    task = json.loads(Path(path).read_text(encoding="utf-8"))
    find = (phrase_matcher if kind == "spacy" else automaton)(task["phrases"])
    find(task["messages"][0])
    started, memory = time.perf_counter() - BEGAN, resident_mib()
    timed = microseconds if any(task["planted"]) else once
    times = timed(find, task["messages"])
    missed = sum(p not in find(m) for m, p in zip(task["messages"], task["planted"], strict=True) if p)
    print(json.dumps({"times": times, **summary(times), "start": started, "mib": memory, "missed": missed}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
