"""vitals.yaml: the measures with their units and plausible ranges, and the NEWS2 table."""

from __future__ import annotations

from collections.abc import Mapping

from bot.content.catalogue_conditions import RISKS
from bot.content.catalogue_rules import dispositions
from bot.content.yaml_source import FlawedError, Node
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.rules import EarlyWarning, MeasureKind, Scale


def read_measure(kind: str, node: Node) -> MeasureKind | None:
    """One measure."""
    try:
        fields = node.fields(required=["unit", "plausible", "words"], optional=["add"])
        lowest, highest = fields.get("plausible", _range, (0.0, 0.0))
        return MeasureKind(
            id=kind,
            unit=fields.get("unit", Node.words, ""),
            lowest=lowest,
            highest=highest,
            words=fields.get("words", Node.words, ""),
            add=fields.get("add", lambda n: n.mapping(Node.number), {}),
        )
    except FlawedError:
        return None


def _range(node: Node) -> tuple[float, float]:
    numbers = node.items(Node.number)
    if len(numbers) != 2 or numbers[0] >= numbers[1]:
        raise node.fail("expected the lowest and the highest possible value", "write it as [25.0, 45.0]", "type")
    return numbers[0], numbers[1]


def read_early_warning(node: Node, measures: Mapping[str, MeasureKind]) -> EarlyWarning:
    """The NEWS2 table: for each measure its bands, each `highest value: points`, and what the points ask for."""
    fields = node.fields(required=["bands", "single", "totals", "unless_risk", "because"], optional=["source"])
    single = fields.get("single", _asked, ((3, Disposition.URGENT),))
    return EarlyWarning(
        scales=fields.get("bands", lambda n: _scales(n, measures), ()),
        single=single[0] if single else (3, Disposition.URGENT),
        totals=fields.get("totals", _asked, ()),
        unless_risks=frozenset(fields.get("unless_risk", lambda n: n.items(lambda item: item.choice(RISKS)), ())),
        reason=fields.get("because", Node.words, ""),
        where=node.where,
        source=fields.get("source", Node.words, "A5"),
    )


def _scales(node: Node, measures: Mapping[str, MeasureKind]) -> tuple[Scale, ...]:
    scales = []
    for kind, bands in node.pairs():
        if kind not in measures:
            raise bands.fail(f"{kind!r} is no measure", rule="unknown-value")
        scales.append(Scale(measure=kind, bands=bands.items(lambda item, k=measures[kind]: _band(item, k))))
        _check_bands(bands, scales[-1], measures[kind])
    return tuple(scales)


def _band(node: Node, kind: MeasureKind) -> tuple[float, int]:
    fields = node.fields(required=["points"], optional=["up_to"])
    return fields.get("up_to", Node.number, kind.highest), fields.get("points", Node.integer, 0)


def _check_bands(node: Node, scale: Scale, kind: MeasureKind) -> None:
    highest = [band[0] for band in scale.bands]
    if highest != sorted(set(highest)) or not highest or highest[-1] < kind.highest:
        node.fail("bands must rise and cover every possible value", "leave `up_to` out of the last band", "threshold-gap")


def _asked(node: Node) -> tuple[tuple[int, Disposition], ...]:
    pairs = []
    for points, value in node.pairs():
        if not points.isdecimal():
            raise value.fail(f"expected a number of points, found {points!r}", rule="type")
        pairs.append((int(points), value.choice(dispositions)))
    return tuple(pairs)
