"""vitals.yaml: the measures with their units and plausible ranges, and the NEWS2 table."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TypeAlias

from bot.content.catalogue_fields import DISPOSITIONS, RISKS, listed, word_of
from bot.content.yaml_source import Fields, FlawedError, Node
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.rules import EarlyWarning, MeasureKind, Scale

Asked: TypeAlias = tuple[tuple[int, Disposition], ...]


def read_measures(node: Node) -> dict[str, MeasureKind]:
    """Every measure; flawed ones are recorded and left out."""
    found: dict[str, MeasureKind] = {}
    for kind, value in node.pairs():
        with suppress(FlawedError):
            found[kind] = _measure(kind, value)
    return found


def _measure(kind: str, node: Node) -> MeasureKind:
    fields = node.fields(required=["unit", "plausible", "words"], optional=["add"])
    lowest, highest = fields.get("plausible", _range, (0.0, 0.0))
    return MeasureKind(
        id=kind,
        unit=fields.get("unit", Node.words, ""),
        lowest=lowest,
        highest=highest,
        words=fields.get("words", Node.words, ""),
        add=_added(fields),
    )


def _range(node: Node) -> tuple[float, float]:
    numbers = node.items(Node.number)
    if len(numbers) != 2 or numbers[0] >= numbers[1]:
        raise node.fail("expected the lowest and the highest possible value", "write it as [25.0, 45.0]", "type")
    return numbers[0], numbers[1]


def read_early_warning(node: Node, measures: Mapping[str, MeasureKind]) -> EarlyWarning:
    """The NEWS2 table: for each measure its bands, each `highest value: points`, and what the points ask for."""
    fields = node.fields(required=["bands", "single", "totals", "unless_risk", "because"], optional=["source"])
    nothing: Asked = ()
    no_scales: tuple[Scale, ...] = ()
    single = fields.get("single", _asked, nothing)
    return EarlyWarning(
        scales=fields.get("bands", lambda n: _scales(n, measures), no_scales),
        single=single[0] if single else (3, Disposition.URGENT),
        totals=fields.get("totals", _asked, nothing),
        unless_risks=frozenset(listed(fields, "unless_risk", word_of(RISKS))),
        reason=fields.get("because", Node.words, ""),
        where=node.where,
        source=fields.get("source", Node.words, "A5"),
    )


def _scales(node: Node, measures: Mapping[str, MeasureKind]) -> tuple[Scale, ...]:
    scales = []
    for kind, bands in node.pairs():
        if kind not in measures:
            raise bands.fail(f"{kind!r} is no measure", rule="unknown-value")
        scales.append(_scale(bands, measures[kind]))
    return tuple(scales)


def _scale(node: Node, kind: MeasureKind) -> Scale:
    scale = Scale(measure=kind.id, bands=node.items(lambda item: _band(item, kind)))
    _check_bands(node, scale, kind)
    return scale


def _band(node: Node, kind: MeasureKind) -> tuple[float, int]:
    fields = node.fields(required=["points"], optional=["up_to"])
    return fields.get("up_to", Node.number, kind.highest), fields.get("points", Node.integer, 0)


def _check_bands(node: Node, scale: Scale, kind: MeasureKind) -> None:
    highest = [band[0] for band in scale.bands]
    if highest != sorted(set(highest)) or not highest or highest[-1] < kind.highest:
        node.fail("bands must rise and cover every possible value", "leave `up_to` out of the last band", "threshold-gap")


def _added(fields: Fields) -> dict[str, float]:
    nothing: dict[str, float] = {}
    return fields.get("add", lambda node: node.mapping(Node.number), nothing)


def _asked(node: Node) -> Asked:
    pairs = []
    for points, value in node.pairs():
        if not points.isdecimal():
            raise value.fail(f"expected a number of points, found {points!r}", rule="type")
        pairs.append((int(points), value.choice(DISPOSITIONS)))
    return tuple(pairs)
