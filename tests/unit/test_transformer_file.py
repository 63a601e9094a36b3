"""The file of the larger reader: the same weights give the same bytes, and what comes back reads as before."""

from __future__ import annotations

import numpy as np
import pytest

from bot.content.transformer_file import pack_transformer, unpack_transformer
from bot.core.reading.recogniser_transformer import Transformer
from tests.support.transformer import transformer

PACKED = pack_transformer(transformer().weights)


def test_what_was_packed_once_is_packed_alike_again() -> None:
    assert pack_transformer(unpack_transformer(PACKED)) == PACKED


def test_bytes_for_matrices_cost_next_to_nothing() -> None:
    loaded = Transformer(unpack_transformer(PACKED, version="v"))
    assert loaded.weights.version == "v"
    for text in ("", "the cat sat", "zebra" * 60):
        assert np.allclose(loaded.scores(text, ("unclear",)), transformer().scores(text, ("unclear",)), atol=0.25)


def test_other_bytes_are_no_weights() -> None:
    with pytest.raises(ValueError, match=r"pickle|file|allow"):
        unpack_transformer(b"no weights")
