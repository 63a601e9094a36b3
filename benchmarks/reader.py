"""Ours as a process of its own, measured as the peers are: the phrase trie alone, or the whole of reading and triage."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

BEGAN = time.perf_counter()
from benchmarks.timing import microseconds, once, resident_mib, summary  # noqa: E402 - the time of importing counts
from bot.content.knowledge import load_knowledge  # noqa: E402
from bot.content.library import CATALOGUE  # noqa: E402
from bot.core.clinical.patient import PatientContext  # noqa: E402
from bot.core.reading.normalise import normalise  # noqa: E402
from bot.core.reading.patterns import Trie, match  # noqa: E402
from bot.core.reading.tokens import tokenise  # noqa: E402
from bot.core.triage import triage  # noqa: E402

ROOT = Path(__file__).parent.parent


def phrases(task: dict[str, list[str]]) -> dict[str, object]:
    """From folded text to matches: cut into words, symbols looked up, trie walked."""
    trie = Trie()
    for number, phrase in enumerate(task["phrases"]):
        trie.add(phrase, number, "en")
    trie.seal()
    sources = {message: normalise(message) for message in task["messages"]}

    def find(text: str) -> set[int]:
        tokens = tokenise(sources[text])
        return {found.entry for found in match(trie, tokens, [trie.symbols(word) for word in tokens.words])}

    started, memory = time.perf_counter() - BEGAN, resident_mib()
    ids = {phrase: at for at, phrase in enumerate(task["phrases"])}
    times = microseconds(find, task["messages"])
    missed = sum(ids[p] not in find(m) for m, p in zip(task["messages"], task["planted"], strict=True) if p)
    return {"times": times, **summary(times), "start": started, "mib": memory, "missed": missed}


def whole(task: dict[str, list[str]]) -> dict[str, object]:
    """From the patient's text to the assessment, as `aftercare triage` does it."""
    knowledge = load_knowledge(CATALOGUE, ROOT / "messages")
    patient = PatientContext(hours_since_treatment=72.0)

    def read(text: str) -> object:
        return triage(text, asked=None, patient=patient, knowledge=knowledge)

    read(task["messages"][0])
    started, memory = time.perf_counter() - BEGAN, resident_mib()
    times = once(read, task["messages"])
    return {"times": times, **summary(times), "start": started, "mib": memory, "missed": 0}


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    print(json.dumps((phrases if sys.argv[1] == "phrases" else whole)(given)))
