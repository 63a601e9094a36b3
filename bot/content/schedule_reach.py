"""Whether everything in a schedule can reach somebody: a question that nobody is ever asked is a promise that nobody keeps."""

from __future__ import annotations

from itertools import product

from bot.content.yaml_source import Node, field_of
from bot.core.careplan.schedule import Applies, CheckIn, Schedule
from bot.core.clinical.patient import PatientContext, Risk, Role, Route


def check_reach(schedule: Schedule, nodes: tuple[Node, ...]) -> None:
    """Records each check-in, and each question of one, that no patient of this schedule can get."""
    for check_in, node in zip(schedule.check_ins, nodes, strict=True):
        if not _reaches(schedule, check_in.applies):
            _at(node).fail(f"nobody on this schedule ever gets {check_in.id!r}", _hint(schedule), "never-asked")
            continue
        asks = field_of(node, "asks").items(lambda child: child)
        for ask, place in zip(check_in.asks, asks, strict=False):
            if not _reaches(schedule, check_in.applies, ask.applies):
                place.fail(
                    f"{ask.question!r} is never asked here: its `only` and `skip` leave nobody", _hint(schedule), "never-asked"
                )


def check_example_answers(schedule: Schedule, node: Node | None, follow_ups: frozenset[str]) -> None:
    """Records each example that answers what its check-in does not ask. Follow-up questions may always come."""
    if node is None or not node.is_list():
        return
    places = node.items(lambda child: child)
    for example, place in zip(schedule.examples, places, strict=False):
        check_in = schedule.check_in(example.check_in) if example.check_in else None
        if example.check_in and check_in is None:
            field_of(place, "check_in").fail(f"there is no check-in {example.check_in!r}", _known(schedule), "unknown-value")
        elif check_in is not None:
            _check_answers(check_in, [question for question, _ in example.answers], place, follow_ups)


def _check_answers(check_in: CheckIn, questions: list[str], place: Node, follow_ups: frozenset[str]) -> None:
    asked = {ask.question for ask in check_in.asks} | follow_ups
    for question in questions:
        if question not in asked:
            field_of(place, "answers").fail(
                f"{check_in.id!r} does not ask {question!r}",
                f"it asks {', '.join(ask.question for ask in check_in.asks)}",
                "example",
            )


def _reaches(schedule: Schedule, *applies: Applies) -> bool:
    """Whether some patient of this schedule is meant by all of them: risks are tried one by one and all together."""
    routes: list[Route | None] = [None] if schedule.role is Role.DONOR else list(schedule.routes)
    wanted = [risk for each in applies for risk in each.risks]
    groups = [frozenset[Risk](), frozenset(wanted), *(frozenset({risk}) for risk in wanted)]
    if len(applies) > 1:
        groups += [frozenset(pair) for pair in product(applies[0].risks, applies[1].risks)]
    return any(
        all(each.to(PatientContext(role=schedule.role, route=route, risks=risks)) for each in applies)
        for route, risks in product(routes, groups)
    )


def _hint(schedule: Schedule) -> str:
    if schedule.role is Role.DONOR:
        return "donors have no route"
    return f"this schedule is for the routes {', '.join(sorted(schedule.routes))}"


def _known(schedule: Schedule) -> str:
    return f"known here: {', '.join(check_in.id for check_in in schedule.check_ins)}"


def _at(node: Node) -> Node:
    for name in ("only", "skip"):
        place = field_of(node, name)
        if place is not node:
            return place
    return node
