"""Counters, gauges and histograms in the Prometheus text format. Names and labels are ours alone: no patient data can get in."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

Labels = tuple[tuple[str, str], ...]
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)


@dataclass(slots=True)
class _Histogram:
    counts: list[int] = field(default_factory=lambda: [0] * (len(SECONDS) + 1))
    total: float = 0.0


class Metrics:
    """Everything that the process counts. Only for the event loop's thread."""

    def __init__(self) -> None:
        self._help: dict[str, str] = {}
        self._counters: dict[tuple[str, Labels], float] = {}
        self._gauges: dict[str, float | None] = {}
        self._histograms: dict[str, _Histogram] = {}

    def counter(self, name: str, meaning: str) -> None:
        """Declares a counter; it stands at 0 until it is counted without labels or first counted with some."""
        self._help[name] = meaning

    def count(self, name: str, by: float = 1, **labels: str) -> None:
        """Raises a declared counter. Label values must come from enums, never from people."""
        if name not in self._help:
            raise KeyError(name)
        key = (name, tuple(sorted(labels.items())))
        self._counters[key] = self._counters.get(key, 0) + by

    def value(self, name: str, **labels: str) -> float:
        """What a counter stands at."""
        return self._counters.get((name, tuple(sorted(labels.items()))), 0)

    def gauge(self, name: str, meaning: str) -> None:
        """Declares a gauge; it is left out of the page until it is set."""
        self._help[name] = meaning
        self._gauges[name] = None

    def set(self, name: str, value: float) -> None:
        """What a declared gauge shows from now on."""
        if name not in self._gauges:
            raise KeyError(name)
        self._gauges[name] = value

    def histogram(self, name: str, meaning: str) -> None:
        """Declares a histogram of seconds."""
        self._help[name] = meaning
        self._histograms[name] = _Histogram()

    def observe(self, name: str, seconds: float) -> None:
        """Adds one duration."""
        histogram = self._histograms[name]
        histogram.counts[bisect_left(SECONDS, seconds)] += 1
        histogram.total += seconds

    def render(self) -> str:
        """The page that Prometheus scrapes."""
        lines: list[str] = []
        for name, meaning in self._help.items():
            lines.append(f"# HELP {name} {meaning}")
            if name in self._histograms:
                lines += _histogram_lines(name, self._histograms[name])
            elif name in self._gauges:
                shown = self._gauges[name]
                lines += [f"# TYPE {name} gauge", *([] if shown is None else [_line(name, (), shown)])]
            else:
                counted = {labels: value for (n, labels), value in self._counters.items() if n == name} or {(): 0.0}
                lines += [f"# TYPE {name} counter", *(_line(name, k, v) for k, v in counted.items())]
        return "\n".join(lines) + "\n"


def _line(name: str, labels: Labels, value: float) -> str:
    inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
    return f"{name}{{{inside}}} {value:g}" if inside else f"{name} {value:g}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _histogram_lines(name: str, histogram: _Histogram) -> list[str]:
    lines, seen = [f"# TYPE {name} histogram"], 0
    for bound, count in zip((*SECONDS, float("inf")), histogram.counts, strict=True):
        seen += count
        lines.append(_line(f"{name}_bucket", (("le", "+Inf" if bound == float("inf") else f"{bound:g}"),), seen))
    return [*lines, _line(f"{name}_sum", (), histogram.total), _line(f"{name}_count", (), seen)]
