"""Reading and triage of a message of 100 characters, and phrase matching alone, beside what only finds phrases: the floor."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.phrases import LANGUAGES, Task, folded, generated, messages, planted, spelled_out
from benchmarks.subjects import PEERS, ROOT
from benchmarks.table import Row
from benchmarks.timing import summary
from bot.content.knowledge import load_knowledge
from bot.content.library import CATALOGUE

SIZES = (3_000, 20_000)
PEER_NAMES = {"spacy": "PhraseMatcher", "ahocorasick": "pyahocorasick"}


@dataclass(frozen=True)
class Result:
    """Of one subject on one task. ``times`` in microseconds, one for each message; ``start`` in seconds; memory in MiB."""

    times: list[float]
    p50: float
    p99: float
    start: float
    mib: float
    missed: int

    @property
    def told(self) -> str:
        """Median and 99th percentile."""
        return f"{_time(self.p50)}, p99 {_time(self.p99)}"


async def measure(*, quick: bool = False) -> list[Row]:
    """Each subject in a process of its own, one after the other, on the same messages."""
    lexicon = load_knowledge(CATALOGUE, ROOT / "messages").lexicon
    texts = {language: messages(language, 40 if quick else 200) for language in LANGUAGES}
    with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as name:
        folder = Path(name)
        rows = _reading(texts, spelled_out(lexicon), folder)
        mixed = folded([text for language in LANGUAGES for text in texts[language]])
        results = {size: _matched(planted(generated(size, lexicon), mixed), folder) for size in SIZES}
    return [*rows, *_matching(results)]


def _reading(texts: dict[str, list[str]], phrases: list[str], folder: Path) -> list[Row]:
    every = [text for language in LANGUAGES for text in texts[language]]
    given = Task(phrases=[], messages=every, planted=[""] * len(every))
    ours = _run([sys.executable, "-m", "benchmarks.reader", "whole"], given.write(folder / "ours.json"))
    path = Task(phrases=phrases, messages=folded(every), planted=[""] * len(every)).write(folder / "peers.json")
    peers = {kind: _peer(kind, path) for kind in PEER_NAMES}
    rows, begin = [], 0
    for language in LANGUAGES:
        end = begin + len(texts[language])
        rows.append(_language(language, *(found.times[begin:end] for found in (ours, *peers.values()))))
        begin = end
    note = (
        f"{len(every):,} replies of the corpus of 85 to 115 characters, each read once. Ours reads numbers, phrases of six languages with typos, gaps, negation and "
        f"persons, and decides; the peers find {len(phrases):,} spelled-out phrases of the same vocabulary in text that was folded for them."
    )
    return [
        Row(
            name="reading and triage, six languages together",
            against=" / ".join(PEER_NAMES.values()),
            ours=ours.told,
            theirs=" / ".join(peer.told for peer in peers.values()),
            ratio=" / ".join(f"{ours.p50 / peer.p50:.0f}x" for peer in peers.values()),
            aim="< 3 ms median",
            met=ours.p50 < 3_000,
            note=note,
        ),
        *rows,
        Row(
            name="cold start of reading (imports, files, first message)",
            against=" / ".join(PEER_NAMES.values()),
            ours=f"{ours.start:.2f} s",
            theirs=" / ".join(f"{peer.start:.2f} s" for peer in peers.values()),
        ),
        Row(
            name="memory of the process that reads",
            against=" / ".join(PEER_NAMES.values()),
            ours=f"{ours.mib:.0f} MiB",
            theirs=" / ".join(f"{peer.mib:.0f} MiB" for peer in peers.values()),
        ),
    ]


def _language(language: str, ours: list[float], *peers: list[float]) -> Row:
    mine, others = summary(ours), [summary(times) for times in peers]
    return Row(
        name=f"reading and triage, {language}",
        against=" / ".join(PEER_NAMES.values()),
        ours=f"{_time(mine['p50'])}, p99 {_time(mine['p99'])}",
        theirs=" / ".join(f"{_time(o['p50'])}, p99 {_time(o['p99'])}" for o in others),
    )


def _matched(task: Task, folder: Path) -> dict[str, Result]:
    path = task.write(folder / f"{len(task.phrases)}.json")
    ours = _run([sys.executable, "-m", "benchmarks.reader", "phrases"], path)
    results = {"ours": ours, **{kind: _peer(kind, path) for kind in PEER_NAMES}}
    missed = {name: result.missed for name, result in results.items() if result.missed}
    if missed:
        raise AssertionError(f"a planted phrase was not found: {missed}")
    return results


def _matching(results: dict[int, dict[str, Result]]) -> list[Row]:
    rows = []
    few = results[SIZES[0]]["ours"]
    for size, found in results.items():
        ours, growth = found["ours"], found["ours"].p99 / few.p99
        first = size == SIZES[0]
        peers = [found[kind] for kind in PEER_NAMES]
        rows.append(
            Row(
                name=f"phrase matching at {size:,} phrases",
                against=" / ".join(PEER_NAMES.values()),
                ours=ours.told + ("" if first else f" ({growth:.2f}x of {SIZES[0]:,})"),
                theirs=" / ".join(peer.told for peer in peers),
                ratio=" / ".join(f"{ours.p99 / peer.p99:.1f}x" for peer in peers),
                aim="p99 < 100 µs" if first else f"p99 ≤ 1.5x of {SIZES[0]:,}",
                met=ours.p99 < 100 if first else growth <= 1.5,
                note="each message holds one of the phrases, and each subject must find it; ratios are of p99" if first else "",
            )
        )
    return rows


def _peer(kind: str, path: Path) -> Result:
    return _run([str(PEERS), str(ROOT / "benchmarks/peers/phrase_matchers.py"), kind], path)


def _run(command: list[str], path: Path) -> Result:
    done = subprocess.run([*command, str(path)], capture_output=True, check=True, cwd=ROOT)  # noqa: S603 - our own command
    return Result(**json.loads(done.stdout))


def _time(microseconds: float) -> str:
    return f"{microseconds:.0f} µs" if microseconds < 1_000 else f"{microseconds / 1_000:.2f} ms"
