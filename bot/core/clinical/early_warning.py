"""The partial NEWS2 sum (Royal College of Physicians 2017): a lower bound that may raise and never reassures."""

from __future__ import annotations

from bot.core.clinical.assessment import Reason
from bot.core.clinical.facts import Facts
from bot.core.clinical.rules import EarlyWarning


def early_warning(table: EarlyWarning, facts: Facts) -> list[Reason]:
    """At most one reason: what the points of the readings ask for. The worst reading of each parameter counts."""
    if not table.unless_risks.isdisjoint(facts.patient.risks):
        return []
    points = {
        scale.measure: max(scale.points(value) for value in facts.readings[scale.measure])
        for scale in table.scales
        if scale.measure in facts.readings
    }
    total = sum(points.values())
    asked = [disposition for least, disposition in table.totals if total >= least]
    least_single, single = table.single
    if any(found >= least_single for found in points.values()):
        asked.append(single)
    if not asked:
        return []
    parts = ", ".join(f"{measure.replace('_', ' ')} {found}" for measure, found in points.items() if found)
    return [
        Reason(
            rule="NEWS2",
            disposition=max(asked),
            where=table.where,
            text=f"{table.reason}: {total} points ({parts})",
        )
    ]
