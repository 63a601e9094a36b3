"""A clinic's thresholds may tighten the catalogue, never loosen it: one that the catalogue outdoes already would never act."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.problems import did_you_mean
from bot.content.yaml_source import Fields
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
    for threshold, node in zip(thresholds, nodes, strict=True):
        if threshold.measure not in rules.measures:
            node.fail(f"nobody measures {threshold.measure!r}", did_you_mean(threshold.measure, rules.measures), "unknown-value")
            continue
        already = _catalogue_says(threshold, rules)
        if already >= threshold.disposition:
            node.fail(
                f"the catalogue says {already.word} there already: a threshold may tighten, never loosen",
                "choose a limit nearer to what is healthy, a higher disposition, or leave this out",
                "threshold",
            )


def _catalogue_says(threshold: Threshold, rules: RuleBook) -> Disposition:
    limit = threshold.at_least if threshold.at_least is not None else threshold.at_most
    measure = Measure(kind=threshold.measure, value=limit or 0.0, unit="")
    return assess((), (measure,), MILDEST, rules).disposition
