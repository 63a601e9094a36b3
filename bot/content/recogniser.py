"""The recogniser's weights and thresholds: files of the catalogue, checked before anything is read with them."""

from __future__ import annotations

import hashlib
import io
import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.content.encoder import encode, encoder_hash
from bot.content.problems import Problem, ProblemsFound
from bot.content.yaml_source import Node, Source
from bot.core.reading.recogniser import Recogniser, Weights
from bot.core.reading.recogniser_features import FEATURES_VERSION
from bot.core.reading.recogniser_second import SecondLook
from bot.core.reading.recogniser_verdict import Thresholds

WEIGHTS: Final = "recogniser.npz"
CARD: Final = "recogniser.json"
SECOND_WEIGHTS: Final = "recogniser_encoder.npz"
SECOND_CARD: Final = "recogniser_encoder.json"
THRESHOLDS: Final = "thresholds.yaml"
"""For the small model alone, where no encoder is installed."""
SECOND_THRESHOLDS: Final = "thresholds_encoder.yaml"
SECOND: Final = {"again": 0.0, "certain": 1.0}
"""Thresholds that only a second look needs, and what they are where a file leaves them out."""
NAMES: Final = tuple(name for name in Thresholds.__dataclass_fields__ if name not in SECOND)


def load_recogniser(catalogue: Path, *, alone: bool = False) -> Recogniser | SecondLook:
    """The trained model of that directory; with a second look where its weights and the encoder are there and not ``alone``.

    Raises ProblemsFound where a file is missing, the weights are not those that the card was written for, or they were
    trained with other features than this version reads, or with another encoder than the one that is installed.
    """
    first = Recogniser(_weights(catalogue, CARD, WEIGHTS))
    if alone or not second_looks(catalogue):
        return first
    limits = load_thresholds(catalogue)
    second = Recogniser(_weights(catalogue, SECOND_CARD, SECOND_WEIGHTS), encode)
    return SecondLook(first, second, low=limits.again, high=limits.certain)


def second_looks(catalogue: Path) -> bool:
    """Whether weights for a second look are shipped and the encoder that it needs is installed."""
    return (catalogue / SECOND_CARD).is_file() and encoder_hash() is not None


def _weights(catalogue: Path, card_name: str, name: str) -> Weights:
    card_path, path = catalogue / card_name, catalogue / name
    try:
        card: dict[str, Any] = json.loads(card_path.read_text(encoding="utf-8"))
        packed = path.read_bytes()
    except (OSError, ValueError) as error:
        raise _problem(card_path, f"the recogniser cannot be read: {error}", "run `make train`") from error
    found = hashlib.sha256(packed).hexdigest()
    if found != card.get("sha256"):
        raise _problem(path, f"the weights are not those of {card_name}: their hash is {found[:16]}", "run `make train`")
    if card.get("features") != FEATURES_VERSION:
        raise _problem(
            card_path, f"trained with features {card.get('features')}, read with {FEATURES_VERSION}", "run `make train`"
        )
    if card.get("encoder") not in {None, encoder_hash()}:
        raise _problem(card_path, "trained with another sentence encoder than the one installed", "run `make setup`")
    return unpack(packed, version=found[:16])


def load_thresholds(catalogue: Path, *, alone: bool = False) -> Thresholds:
    """The thresholds of that directory, for the reader that `load_recogniser` gives. Raises ProblemsFound."""
    return read_thresholds(catalogue / (THRESHOLDS if alone or not second_looks(catalogue) else SECOND_THRESHOLDS))


def read_thresholds(path: Path) -> Thresholds:
    """The thresholds of that file. Raises ProblemsFound where one is missing, unknown, or no probability."""
    source = Source.read(path)
    fields = source.root().fields(required=NAMES, optional=SECOND)
    values = {name: fields.get(name, _probability, 1.0) for name in NAMES}
    values |= {name: fields.get(name, _probability, otherwise) for name, otherwise in SECOND.items()}
    source.check()
    if values["ask"] > values["red"] or max(values["doubt"], values["mild"]) > values["known"]:
        raise _problem(path, "ask, doubt and mild must not lie above red and known: there would be no question in between", "")
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
            sense_table=arrays["sense_table"].astype(np.float32) if "sense_table" in arrays else None,
            clues=tuple(arrays["clues"].tolist()),
            clue_table=arrays["clue_table"],
            version=version,
        )


def pack(weights: Weights) -> bytes:
    """The bytes of a weights file: the same weights always give the same bytes."""
    buffer = io.BytesIO()
    senses: dict[str, Any] = {} if weights.sense_table is None else {"sense_table": weights.sense_table.astype(np.float16)}
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
        **senses,
    )
    return buffer.getvalue()


def _probability(node: Node) -> float:
    value = node.number()
    if not 0.0 <= value <= 1.0:
        raise node.fail(f"expected a probability from 0 to 1, found {value}")
    return value


def _problem(path: Path, message: str, hint: str) -> ProblemsFound:
    return ProblemsFound([Problem(path=str(path), line=1, col=1, message=message, hint=hint, rule="recogniser")])
