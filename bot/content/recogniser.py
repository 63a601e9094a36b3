"""The recogniser's weights and thresholds: files of the catalogue, checked before anything is read with them."""

from __future__ import annotations

import hashlib
import io
import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.content.problems import Problem, ProblemsFound
from bot.content.transformer_file import unpack_transformer
from bot.content.yaml_source import Node, Source
from bot.core.reading.recogniser import LEVELS, Recogniser, Weights
from bot.core.reading.recogniser_features import FEATURES_VERSION
from bot.core.reading.recogniser_second import Joined, SecondLook
from bot.core.reading.recogniser_transformer import Transformer
from bot.core.reading.recogniser_verdict import Thresholds

WEIGHTS: Final = "recogniser.npz"
CARD: Final = "recogniser.json"
SECOND_WEIGHTS: Final = "recogniser_second.npz"
SECOND_CARD: Final = "recogniser_second.json"
THRESHOLDS: Final = "thresholds.yaml"
SECOND: Final = {"again": 0.0, "again_settled": 0.0, "certain": 1.0}
"""Thresholds that only a second look needs, and what they are where the file leaves them out."""
NAMES: Final = tuple(name for name in Thresholds.__dataclass_fields__ if name not in SECOND)
PRESENT: Final = "present"
DENIED: Final = "denied"
JOINED: Final = (PRESENT, DENIED, *LEVELS)
"""The kinds of heads whose scores are joined alike."""


def load_recogniser(catalogue: Path, *, alone: bool = False) -> Recogniser | SecondLook:
    """The trained model of that directory; with a second look where its card is there and not ``alone``.

    Raises ProblemsFound where a file is missing, the weights are not those that the card was written for, or they were
    trained with other features than this version reads.
    """
    card, packed = _read(catalogue, CARD, WEIGHTS)
    if card.get("features") != FEATURES_VERSION:
        raise _problem(
            catalogue / CARD, f"trained with features {card.get('features')}, read with {FEATURES_VERSION}", "run `make train`"
        )
    first = Recogniser(unpack(packed, version=_version(packed)))
    if alone or not (catalogue / SECOND_CARD).is_file():
        return first
    card, packed = _read(catalogue, SECOND_CARD, SECOND_WEIGHTS)
    second = Transformer(unpack_transformer(packed, version=_version(packed)))
    limits = load_thresholds(catalogue)
    joined = _joined(catalogue, card, first.weights)
    return SecondLook(first, second, joined, low=limits.again, low_if_settled=limits.again_settled, high=limits.certain)


def _read(catalogue: Path, card_name: str, name: str) -> tuple[dict[str, Any], bytes]:
    """A card and the bytes of the weights that it was written for."""
    card_path, path = catalogue / card_name, catalogue / name
    try:
        card: dict[str, Any] = json.loads(card_path.read_text(encoding="utf-8"))
        packed = path.read_bytes()
    except (OSError, ValueError) as error:
        raise _problem(card_path, f"the recogniser cannot be read: {error}", "run `make train`") from error
    found = hashlib.sha256(packed).hexdigest()
    if found != card.get("sha256"):
        raise _problem(path, f"the weights are not those of {card_name}: their hash is {found[:16]}", "run `make train`")
    return card, packed


def _version(packed: bytes) -> str:
    return hashlib.sha256(packed).hexdigest()[:16]


def _joined(catalogue: Path, card: dict[str, Any], weights: Weights) -> Joined:
    """How the scores of both are joined, from the second one's card: three numbers for each of JOINED."""
    rows = card.get("joined", {})
    if set(rows) != set(JOINED):
        raise _problem(catalogue / SECOND_CARD, "it does not say how the scores of both models are joined", "run `make train`")
    count = len(weights.symptoms)
    table = np.array([rows[PRESENT]] * count + [rows[DENIED]] * count + [rows[level] for level in LEVELS], np.float32)
    return Joined(first=table[:, 0], second=table[:, 1], offset=table[:, 2])


def load_thresholds(catalogue: Path) -> Thresholds:
    """The thresholds of that directory. Raises ProblemsFound."""
    return read_thresholds(catalogue / THRESHOLDS)


def read_thresholds(path: Path) -> Thresholds:
    """The thresholds of that file. Raises ProblemsFound where one is missing, unknown, or no probability."""
    source = Source.read(path)
    fields = source.root().fields(required=NAMES, optional=SECOND)
    values = {name: fields.get(name, _probability, 1.0) for name in NAMES}
    values |= {name: fields.get(name, _probability, otherwise) for name, otherwise in SECOND.items()}
    source.check()
    if max(values["ask"], values["doubt"]) > values["red"] or max(values["mild"], values["explained"]) > values["settled"]:
        hint = "ask and doubt must not lie above red, nor mild and explained above settled: there would be no question in between"
        raise _problem(path, hint, "")
    if values["believe"] > values["red"]:
        raise _problem(path, "believe must not lie above red: two readers would need more than one", "")
    return Thresholds(**values)


@lru_cache(maxsize=2)
def unpack(packed: bytes, version: str = "") -> Weights:
    """Weights from the bytes of a weights file; the last ones are kept, as they take a tenth of a second. Raises ValueError or KeyError where they are none."""
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        return Weights(
            symptoms=tuple(arrays["symptoms"].tolist()),
            keys=np.cumsum(arrays["steps"], dtype=np.uint32),
            rarity=arrays["rarity"].astype(np.float32),
            table=arrays["table"],
            scales=arrays["scales"],
            hidden_bias=arrays["hidden_bias"],
            out=arrays["out"],
            bias=arrays["bias"],
            slopes=arrays["slopes"],
            offsets=arrays["offsets"],
            clues=tuple(arrays["clues"].tolist()),
            clue_table=arrays["clue_table"],
            version=version,
        )


def pack(weights: Weights) -> bytes:
    """The bytes of a weights file: the same weights always give the same bytes."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        symptoms=np.array(weights.symptoms, dtype=np.str_),
        steps=np.diff(weights.keys, prepend=np.uint32(0)).astype(np.uint32),
        rarity=weights.rarity.astype(np.float16),
        table=weights.table,
        scales=weights.scales,
        hidden_bias=weights.hidden_bias,
        out=weights.out,
        bias=weights.bias,
        slopes=weights.slopes,
        offsets=weights.offsets,
        clues=np.array(weights.clues, dtype=np.str_),
        clue_table=weights.clue_table,
    )
    return buffer.getvalue()


def _probability(node: Node) -> float:
    value = node.number()
    if not 0.0 <= value <= 1.0:
        raise node.fail(f"expected a probability from 0 to 1, found {value}")
    return value


def _problem(path: Path, message: str, hint: str) -> ProblemsFound:
    return ProblemsFound([Problem(path=str(path), line=1, col=1, message=message, hint=hint, rule="recogniser")])
