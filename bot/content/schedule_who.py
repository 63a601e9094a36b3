"""For whom something in a schedule is: ``only`` and ``skip``, each by risks and routes."""

from __future__ import annotations

from bot.content.yaml_source import Fields, Node
from bot.core.careplan.schedule import Applies
from bot.core.clinical.patient import Risk, Route

ROUTES = {route.value: route for route in Route}
RISKS = {risk.value: risk for risk in Risk}
Group = tuple[frozenset[Risk], frozenset[Route]]
_NOBODY: Group = (frozenset(), frozenset())


def read_applies(fields: Fields) -> Applies:
    """The fields ``only`` and ``skip``; neither: for everyone."""
    risks, routes = fields.get("only", _group, _NOBODY)
    not_risks, not_routes = fields.get("skip", _group, _NOBODY)
    return Applies(risks=risks, routes=routes, not_risks=not_risks, not_routes=not_routes)


def read_routes(node: Node) -> frozenset[Route]:
    """A list of routes."""
    return frozenset(node.items(lambda n: n.choice(ROUTES)))


def read_risks(node: Node) -> frozenset[Risk]:
    """A list of risks."""
    return frozenset(node.items(lambda n: n.choice(RISKS)))


def _group(node: Node) -> Group:
    fields = node.fields(optional=["risks", "routes"])
    if not fields.found:
        raise node.fail("nobody is named here", "write `risks: [...]` or `routes: [...]`", "empty-group")
    return fields.get("risks", read_risks, frozenset()), fields.get("routes", read_routes, frozenset())
