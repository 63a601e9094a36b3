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
from bot.content.yaml_source import Node, Source
from bot.core.reading.recogniser import Recogniser, Weights
from bot.core.reading.recogniser_features import FEATURES_VERSION
from bot.core.reading.recogniser_verdict import Thresholds

WEIGHTS: Final = "recogniser.npz"
CARD: Final = "recogniser.json"
THRESHOLDS: Final = "thresholds.yaml"
NAMES: Final = tuple(Thresholds.__dataclass_fields__)


def load_recogniser(catalogue: Path) -> Recogniser:
    """The trained model of that directory.

    Raises ProblemsFound where a file is missing, the weights are not those that the card was written for, or they were
    trained with other features than this version reads.
    """
    card_path, path = catalogue / CARD, catalogue / WEIGHTS
    try:
        card: dict[str, Any] = json.loads(card_path.read_text(encoding="utf-8"))
        packed = path.read_bytes()
    except (OSError, ValueError) as error:
        raise _problem(card_path, f"the recogniser cannot be read: {error}", "run `make train`") from error
    found = hashlib.sha256(packed).hexdigest()
    if found != card.get("sha256"):
        raise _problem(path, f"the weights are not those of {CARD}: their hash is {found[:16]}", "run `make train`")
    if card.get("features") != FEATURES_VERSION:
        raise _problem(
            card_path, f"trained with features {card.get('features')}, read with {FEATURES_VERSION}", "run `make train`"
        )
    return Recogniser(unpack(packed, version=found[:16]))


def load_thresholds(catalogue: Path) -> Thresholds:
    """The thresholds of that directory. Raises ProblemsFound where one is missing, unknown, or no probability."""
    source = Source.read(catalogue / THRESHOLDS)
    fields = source.root().fields(required=NAMES)
    values = {name: fields.get(name, _probability, 1.0) for name in NAMES}
    source.check()
    if values["ask"] > values["red"] or max(values["doubt"], values["mild"]) > values["known"]:
        raise _problem(
            catalogue / THRESHOLDS,
            "ask, doubt and mild must not lie above red and known: there would be no question in between",
            "",
        )
    return Thresholds(**values)


@lru_cache(maxsize=1)
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
