"""The weights file: the same weights give the same bytes, and nothing is read with weights that are not the card's."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from bot.content.library import CATALOGUE
from bot.content.problems import ProblemsFound
from bot.content.recogniser import (
    CARD,
    JOINED,
    SECOND_CARD,
    SECOND_WEIGHTS,
    THRESHOLDS,
    WEIGHTS,
    load_recogniser,
    load_thresholds,
    pack,
    unpack,
)
from bot.content.transformer_file import pack_transformer
from bot.core.reading.recogniser import Recogniser
from bot.core.reading.recogniser_features import FEATURES_VERSION
from bot.core.reading.recogniser_second import SecondLook
from tests.support.recogniser import RED, recogniser
from tests.support.transformer import transformer

READER = recogniser({"elephant": {0: 6.0, RED: 6.0}, "bus": {1: 1.0}}, clues={"unclear": 1.5})


def catalogue(directory: Path, **changes: object) -> Path:
    content = pack(READER.weights)
    (directory / WEIGHTS).write_bytes(content)
    card = {"sha256": hashlib.sha256(content).hexdigest(), "features": FEATURES_VERSION, **changes}
    (directory / CARD).write_text(json.dumps(card), encoding="utf-8")
    return directory


def test_what_is_packed_reads_the_same(tmp_path: Path) -> None:
    loaded = load_recogniser(catalogue(tmp_path))
    text, clues = "an elephant on the bus", {"unclear"}
    assert loaded.read(text, clues) == READER.read(text, clues)
    assert loaded.version == json.loads((tmp_path / CARD).read_text())["sha256"][:16]


def test_the_same_weights_give_the_same_bytes() -> None:
    content = pack(READER.weights)
    assert pack(unpack(content)) == content
    assert np.array_equal(unpack(content).keys, READER.weights.keys)


def test_weights_that_the_card_was_not_written_for_are_refused(tmp_path: Path) -> None:
    catalogue(tmp_path)
    content = bytearray((tmp_path / WEIGHTS).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / WEIGHTS).write_bytes(content)
    with pytest.raises(ProblemsFound, match="not those of"):
        load_recogniser(tmp_path)


def test_weights_of_other_features_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match="trained with features 0"):
        load_recogniser(catalogue(tmp_path, features=0))


def test_missing_files_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match="make train"):
        load_recogniser(tmp_path)


GOOD = "red: 0.5\nvague: 0.6\nsettled: 0.7\nbelieve: 0.3\nask: 0.1\ndoubt: 0.2\nmild: 0.3\nexplained: 0.4\nemergency: 0.4\nupgrade: 0.6\nsymptom: 0.2\ndenied: 0.6\nat_ease: 0.05\nnothing: 0.8\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (GOOD.replace("red: 0.5", "red: 1.5"), "probability"),
        (GOOD.replace("red: 0.5", "red: 0.05"), "must not lie above"),
        (GOOD.replace("believe: 0.3", "believe: 0.6"), "believe must not lie above red"),
        (GOOD.replace("nothing: 0.8\n", ""), "nothing"),
        (GOOD + "greed: 0.1\n", "greed"),
    ],
)
def test_thresholds_that_make_no_sense_are_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / THRESHOLDS).write_text(content, encoding="utf-8")
    with pytest.raises(ProblemsFound, match=message):
        load_thresholds(tmp_path)


def test_thresholds_are_read(tmp_path: Path) -> None:
    (tmp_path / THRESHOLDS).write_text(GOOD, encoding="utf-8")
    found = load_thresholds(tmp_path)
    assert (found.red, found.ask, found.nothing) == (0.5, 0.1, 0.8)


def with_second(directory: Path, **changes: object) -> Path:
    """The small model's files and thresholds, and those of a larger one."""
    catalogue(directory)
    (directory / THRESHOLDS).write_text(GOOD, encoding="utf-8")
    content = pack_transformer(transformer(len(READER.weights.bias)).weights)
    (directory / SECOND_WEIGHTS).write_bytes(content)
    joined = {kind: [0.5, 0.5, 0.0] for kind in JOINED}
    card = {"sha256": hashlib.sha256(content).hexdigest(), "joined": joined, **changes}
    (directory / SECOND_CARD).write_text(json.dumps(card), encoding="utf-8")
    return directory


def test_where_a_larger_model_is_shipped_both_look(tmp_path: Path) -> None:
    found = load_recogniser(with_second(tmp_path))
    assert isinstance(found, SecondLook)
    assert (found.low, found.low_if_settled, found.high) == (0.0, 0.0, 1.0)
    assert isinstance(load_recogniser(tmp_path, alone=True), Recogniser)


def test_the_thresholds_say_from_which_doubt_on_both_look() -> None:
    released = load_thresholds(CATALOGUE)
    found = load_recogniser(CATALOGUE)
    assert isinstance(found, SecondLook)
    assert (found.low, found.low_if_settled, found.high) == (released.again, released.again_settled, released.certain)
    assert released.again < released.again_settled < released.certain


def test_a_larger_model_that_was_joined_with_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match="how the scores of both models are joined"):
        load_recogniser(with_second(tmp_path, joined={}))


def test_other_weights_than_the_larger_models_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match="not those of recogniser_second"):
        load_recogniser(with_second(tmp_path, sha256="0"))
