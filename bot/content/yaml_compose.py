"""YAML events -> nodes, in one pass: whatever these files must not hold is refused at the place where it stands.

Only the parser of PyYAML is used, never its composer or constructor: no alias is followed, no tag makes anything, and a text that
nests without end costs no stack.
"""

from __future__ import annotations

from typing import Any

import yaml

MAX_DEPTH = 40
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT = "tag:yaml.org,2002:str"
"""Every scalar is its text: nothing is guessed from how it looks."""


class RefusedError(Exception):
    """Well-formed YAML that these files must not hold. ``mark`` is where; ``hint`` what to do."""

    def __init__(self, mark: Any, message: str, hint: str) -> None:  # noqa: ANN401 - two Mark classes
        super().__init__(message)
        self.mark = mark
        self.hint = hint


def compose(text: str) -> yaml.Node | None:
    """The single document's root; None for an empty file. Raises RefusedError or yaml.YAMLError."""
    open_nodes: list[yaml.CollectionNode] = []
    root: yaml.Node | None = None
    documents = 0
    event: Any
    for event in yaml.parse(text, Loader=_LOADER):
        kind = type(event)
        if kind is yaml.DocumentStartEvent:
            documents += 1
            if documents > 1:
                raise RefusedError(event.start_mark, "a second document begins here", "keep one document: remove the `---`")
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            _closed(open_nodes.pop(), event)
        elif (node := _node(event)) is not None:
            if open_nodes:
                open_nodes[-1].value.append(node)
            else:
                root = node
            if isinstance(node, yaml.CollectionNode):
                open_nodes.append(node)
                if len(open_nodes) > MAX_DEPTH:
                    raise RefusedError(event.start_mark, f"is nested more than {MAX_DEPTH} deep", "write it flatter")
    return root


def _node(event: Any) -> yaml.Node | None:  # noqa: ANN401 - PyYAML's events are untyped
    """The node that this event begins; None where it begins none."""
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise RefusedError(event.start_mark, "anchors and aliases are not allowed", "write the value out in each place")
    if getattr(event, "tag", None):
        raise RefusedError(
            event.start_mark, f"the tag {event.tag!r} is not allowed", "remove the tag; write plain text or numbers"
        )
    start: Any = event.start_mark
    end: Any = event.end_mark
    if isinstance(event, yaml.ScalarEvent):
        return yaml.ScalarNode(_TEXT, event.value, start, end, style=event.style)
    if isinstance(event, yaml.MappingStartEvent):
        return yaml.MappingNode(_TEXT, [], start, end)
    if isinstance(event, yaml.SequenceStartEvent):
        return yaml.SequenceNode(_TEXT, [], start, end)
    return None


def _closed(node: yaml.CollectionNode, event: Any) -> None:  # noqa: ANN401 - PyYAML's events are untyped
    """A mapping gathered its keys and values as they came; they become pairs."""
    node.end_mark = event.end_mark
    if isinstance(node, yaml.MappingNode):
        flat = node.value
        node.value = list(zip(flat[::2], flat[1::2], strict=True))
