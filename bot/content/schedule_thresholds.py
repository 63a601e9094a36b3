"""A clinic's thresholds may tighten the catalogue, never loosen it: one that the catalogue outdoes already would never act."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.problems import did_you_mean
from bot.content.yaml_source import Fields, field_of
from bot.core.careplan.schedule import Threshold
from bot.core.clinical.assess import assess
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Measure
from bot.core.clinical.patient import PatientContext
from bot.core.clinical.rules import RuleBook

MILDEST = PatientContext(hours_since_treatment=1.0)
"""Nobody is judged more mildly: no risk, and within the first 24 hours."""


def check_thresholds(thresholds: Sequence[Threshold], fields: Fields, rules: RuleBook) -> None:
    """Records a problem for each threshold on an unknown measure, or that leaves the patient no better guarded."""
    if not fields.has("thresholds") or not fields.at("thresholds").is_list():
        return
    nodes = fields.at("thresholds").items(lambda node: node)
    if len(nodes) != len(thresholds):
        return
    for index, (threshold, node) in enumerate(zip(thresholds, nodes, strict=True)):
        if threshold.at_least is None and threshold.at_most is None:
            continue  # its limit could not be read
        if threshold.measure not in rules.measures:
            measure = field_of(node, "measure")
            measure.fail(
                f"nobody measures {threshold.measure!r}", did_you_mean(threshold.measure, rules.measures), "unknown-value"
            )
            continue
        place = field_of(node, "at_least" if threshold.at_least is not None else "at_most")
        if not _possible(threshold, rules):
            kind = rules.measures[threshold.measure]
            place.fail(
                f"no {kind.words} is ever read there: this limit would never act",
                f"readings lie between {kind.lowest:g} and {kind.highest:g} {kind.unit}",
                "threshold-gap",
            )
            continue
        already = _catalogue_says(threshold, rules)
        if already >= threshold.disposition:
            place.fail(
                f"the catalogue says {already.word} there already: a threshold may tighten, never loosen",
                "choose a limit nearer to what is healthy, a higher disposition, or leave this out",
                "threshold",
            )
            continue
        stricter = next((other for other in thresholds if other is not threshold and _outdoes(other, threshold)), None)
        if stricter is not None and (stricter not in thresholds[index:] or not _outdoes(threshold, stricter)):
            place.fail(
                f"the limit at {stricter.where} acts before this one, and asks for as much",
                "keep one of them, or let the worse value ask for more",
                "threshold-gap",
            )


def _catalogue_says(threshold: Threshold, rules: RuleBook) -> Disposition:
    measure = Measure(kind=threshold.measure, value=_limit(threshold), unit="")
    return assess((), (measure,), MILDEST, rules).disposition


def _possible(threshold: Threshold, rules: RuleBook) -> bool:
    kind = rules.measures[threshold.measure]
    limit = _limit(threshold)
    return kind.lowest <= limit <= kind.highest


def _outdoes(other: Threshold, threshold: Threshold) -> bool:
    """Whether every value that ``threshold`` is about is under ``other`` already, at no milder disposition."""
    if other.measure != threshold.measure or other.disposition < threshold.disposition:
        return False
    if threshold.at_least is not None:
        return other.at_least is not None and other.at_least <= threshold.at_least
    return other.at_most is not None and threshold.at_most is not None and other.at_most >= threshold.at_most


def _limit(threshold: Threshold) -> float:
    return threshold.at_least if threshold.at_least is not None else threshold.at_most or 0.0
