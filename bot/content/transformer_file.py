"""The file of the larger learned reader: weights to bytes and back. Matrices are kept in bytes, a scale for each column."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.core.reading.recogniser_pieces import Pieces
from bot.core.reading.recogniser_transformer import Layer, TransformerWeights, blocked, whole

_Floats = NDArray[np.float32]
_Arrays = dict[str, NDArray[Any]]

MATRICES: Final = ("mix", "joined", "wide", "narrow")
VECTORS: Final = tuple(name for name in Layer.__dataclass_fields__ if name not in MATRICES)
WHOLE: Final = ("places", "start_scale", "start_shift", "hidden_bias", "clue_table", "out", "bias")
STEPS: Final = 127
"""The largest number that a byte of a matrix holds."""


def pack_transformer(weights: TransformerWeights) -> bytes:
    """The bytes of a weights file: the same weights always give the same bytes."""
    arrays: _Arrays = {
        "pieces": np.frombuffer("\n".join(weights.pieces.pieces).encode(), np.uint8),
        "piece_scores": np.array(weights.pieces.scores, np.float32),
        "nibbles": weights.nibbles,
        "steps": weights.steps,
        "heads_of_attention": np.array(weights.heads_of_attention),
        "clues": np.array(weights.clues, dtype=np.str_),
        "layers": np.array(len(weights.layers)),
    }
    arrays |= {name: getattr(weights, name).astype(np.float16) for name in WHOLE}
    _put(arrays, "pooled", weights.pooled)
    for number, layer in enumerate(weights.layers):
        for name in MATRICES:
            _put(arrays, f"{number}.{name}", whole(getattr(layer, name)))
        arrays |= {f"{number}.{name}": getattr(layer, name).astype(np.float16) for name in VECTORS}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


@lru_cache(maxsize=1)
def unpack_transformer(packed: bytes, version: str = "") -> TransformerWeights:
    """Weights from the bytes of a weights file; the last ones are kept. Raises ValueError or KeyError where they are none."""
    with np.load(io.BytesIO(packed), allow_pickle=False) as file:
        arrays: _Arrays = dict(file)
    names = arrays["pieces"].tobytes().decode().split("\n")
    return TransformerWeights(
        pieces=Pieces(names, arrays["piece_scores"].tolist()),
        nibbles=arrays["nibbles"],
        steps=arrays["steps"],
        layers=[_layer(arrays, number) for number in range(int(arrays["layers"]))],
        heads_of_attention=int(arrays["heads_of_attention"]),
        pooled=_taken(arrays, "pooled"),
        clues=tuple(arrays["clues"].tolist()),
        version=version,
        **{name: arrays[name].astype(np.float32) for name in WHOLE},
    )


def _layer(arrays: _Arrays, number: int) -> Layer:
    matrices = {name: blocked(_taken(arrays, f"{number}.{name}")) for name in MATRICES}
    return Layer(**matrices, **{name: arrays[f"{number}.{name}"].astype(np.float32) for name in VECTORS})


def _put(arrays: _Arrays, name: str, matrix: _Floats) -> None:
    scales = (np.maximum(np.abs(matrix).max(axis=0), 1e-9) / STEPS).astype(np.float32)
    arrays[name], arrays[f"{name}.scales"] = np.ascontiguousarray(np.rint(matrix / scales).astype(np.int8)), scales


def _taken(arrays: _Arrays, name: str) -> _Floats:
    return arrays[name].astype(np.float32) * arrays[f"{name}.scales"]
