"""Small readers that every file of the catalogue shares: lists, one-or-several, lengths of time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from bot.content.yaml_source import Fields, Node
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import Risk, Role, Route

T = TypeVar("T")

DISPOSITIONS = {disposition.word: disposition for disposition in Disposition}
RISKS = {risk.value: risk for risk in Risk}
ROLES = {role.value: role for role in Role}
ROUTES = {route.value: route for route in Route}


def listed(fields: Fields, key: str, read: Callable[[Node], T]) -> tuple[T, ...]:
    """The list under that key; empty where it is absent or flawed."""
    nothing: tuple[T, ...] = ()
    return fields.get(key, lambda node: node.items(read), nothing)


def one_or_more(fields: Fields, key: str, read: Callable[[Node], T]) -> tuple[T, ...]:
    """``fever`` or ``[fever, sepsis]`` under that key; empty where it is absent or flawed."""
    nothing: tuple[T, ...] = ()
    return fields.get(key, lambda node: node.items(read) if node.is_list() else (read(node),), nothing)


def word_of(known: Mapping[str, T]) -> Callable[[Node], T]:
    """A reader of one of the known words."""
    return lambda node: node.choice(known)


def hours(node: Node) -> float:
    """A length of time such as 24h or 3d, in hours."""
    return node.duration().total_seconds() / 3600


def optional_hours(fields: Fields, key: str) -> float | None:
    """The length of time under that key in hours, or None."""
    nothing: float | None = None
    return fields.get(key, hours, nothing)


def optional_number(fields: Fields, key: str) -> float | None:
    """The number under that key, or None."""
    nothing: float | None = None
    return fields.get(key, Node.number, nothing)
