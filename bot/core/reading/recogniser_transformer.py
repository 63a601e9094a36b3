"""The larger learned reader: a small transformer over the pieces of a message, in numpy.

Six layers of a multilingual sentence encoder that had read a great deal of text in some hundred languages, then taught with the
replies of corpus/. It sees words in their order and in their company, so it reads what other words than those of the corpus say.
Arithmetic as published (Vaswani et al. 2017; BERT's arrangement, Devlin et al. 2019): each layer mixes pieces by attention, then
transforms each by itself; both steps are added to what was there and brought to one scale.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.core.reading.recogniser_pieces import END, START, Pieces

_Floats = NDArray[np.float32]

WINDOW: Final = 94
"""Pieces that are read together, some 400 characters: the cost grows with them."""
WINDOWS: Final = 4
"""A longer message is read in this many windows at most: the first ones and the last one. The highest score of each head counts."""
KEPT: Final = 64
"""Messages whose reading is kept: whoever follows two courses has every message looked at twice."""
TINY: Final = np.float32(1e-12)
BLOCK: Final = 32
"""Numbers of a piece's vector that share a scale; columns of a matrix that lie together."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer. Matrices are ``blocked``; ``mix`` gives queries, keys and values beside each other."""

    mix: _Floats
    mix_bias: _Floats
    joined: _Floats
    joined_bias: _Floats
    first_scale: _Floats
    first_shift: _Floats
    wide: _Floats
    wide_bias: _Floats
    narrow: _Floats
    narrow_bias: _Floats
    second_scale: _Floats
    second_shift: _Floats


@dataclass(frozen=True, kw_only=True)
class TransformerWeights:
    """A trained model. ``nibbles`` and ``steps``: each piece's vector in 4 bits a number, a step for each BLOCK numbers (the first
    half of a block in the low bits). ``places``: what is added for where a piece stands. The mean and the highest value of each number
    over all pieces (``pooled``) and the clues feed hidden units, and these the heads, which are those of the smaller model.
    """

    pieces: Pieces
    nibbles: NDArray[np.uint8]
    steps: NDArray[np.float16]
    places: _Floats
    start_scale: _Floats
    start_shift: _Floats
    layers: Sequence[Layer]
    heads_of_attention: int
    pooled: _Floats
    hidden_bias: _Floats
    clues: tuple[str, ...]
    clue_table: _Floats
    out: _Floats
    bias: _Floats
    version: str = ""


class Transformer:
    """Scores messages with one set of weights."""

    def __init__(self, weights: TransformerWeights) -> None:
        self.weights = weights
        self._clues = {clue: at for at, clue in enumerate(weights.clues)}
        self._read = lru_cache(maxsize=KEPT)(self._read_windows)

    def scores(self, text: str, clues: Collection[str] = ()) -> _Floats:
        """The raw score of every head; ``clues`` are what the rules made of the message. Never fails."""
        weights = self.weights
        hidden = weights.hidden_bias.copy()
        for clue in sorted(self._clues.keys() & set(clues)):
            hidden += weights.clue_table[self._clues[clue]]
        scores: _Floats = _gelu(self._read(text) + hidden) @ weights.out + weights.bias
        highest: _Floats = scores.max(axis=0)
        return highest

    def _read_windows(self, text: str) -> _Floats:
        """What the text adds to the hidden units, a row for each window."""
        windows = windows_of(self.weights.pieces.cut(text))
        found: _Floats = np.stack([self._pooled(window) for window in windows]) @ self.weights.pooled
        return found

    def _pooled(self, pieces: Sequence[int]) -> _Floats:
        weights = self.weights
        numbers = np.array([START, *pieces, END])
        state = _levelled(self._vectors(numbers) + weights.places[: len(numbers)], weights.start_scale, weights.start_shift)
        for layer in weights.layers:
            state = _through(state, layer, weights.heads_of_attention)
        return np.concatenate((state.mean(axis=0), state.max(axis=0)))

    def _vectors(self, numbers: NDArray[np.int64]) -> _Floats:
        """The vectors of these pieces, a row each."""
        packed = self.weights.nibbles[numbers].reshape(len(numbers), -1, BLOCK // 2)
        blocks = np.concatenate((packed & 15, packed >> 4), axis=2).astype(np.float32) - np.float32(8)
        vectors: _Floats = blocks * self.weights.steps[numbers].astype(np.float32)[:, :, None]
        return vectors.reshape(len(numbers), -1)


def windows_of(pieces: Sequence[int]) -> list[Sequence[int]]:
    """The windows in which these pieces are read: one where they fit, else the first ones and the last."""
    if len(pieces) <= WINDOW:
        return [pieces]
    starts = range(0, len(pieces) - WINDOW, WINDOW)
    return [pieces[start : start + WINDOW] for start in starts[: WINDOWS - 1]] + [pieces[-WINDOW:]]


def blocked(matrix: _Floats) -> _Floats:
    """A matrix (in, out) as (blocks, in, BLOCK): a few messages' worth of rows is multiplied a quarter faster with such blocks, as
    each stays in the processor's own memory."""
    rows, columns = matrix.shape
    return np.ascontiguousarray(matrix.reshape(rows, columns // BLOCK, BLOCK).transpose(1, 0, 2))


def whole(blocks: _Floats) -> _Floats:
    """The matrix (in, out) of these blocks."""
    count, rows, columns = blocks.shape
    return blocks.transpose(1, 0, 2).reshape(rows, count * columns)


def _times(state: _Floats, blocks: _Floats) -> _Floats:
    found: _Floats = np.matmul(state, blocks).transpose(1, 0, 2).reshape(len(state), -1)
    return found


def _through(state: _Floats, layer: Layer, heads: int) -> _Floats:
    """One layer: pieces look at each other, then each is transformed by itself."""
    attended = _times(_attended(_times(state, layer.mix) + layer.mix_bias, heads), layer.joined) + layer.joined_bias
    state = _levelled(state + attended, layer.first_scale, layer.first_shift)
    transformed = _times(_gelu(_times(state, layer.wide) + layer.wide_bias), layer.narrow) + layer.narrow_bias
    return _levelled(state + transformed, layer.second_scale, layer.second_shift)


def _attended(mixed: _Floats, heads: int) -> _Floats:
    size, width = len(mixed), mixed.shape[1] // 3
    parts: _Floats = mixed.reshape(size, 3, heads, width // heads).transpose(1, 2, 0, 3)
    queries, keys, values = parts[0], parts[1], parts[2]
    likeness: _Floats = queries @ keys.transpose(0, 2, 1) * np.float32((width // heads) ** -0.5)
    likeness -= likeness.max(axis=2, keepdims=True)
    np.exp(likeness, out=likeness)
    likeness /= likeness.sum(axis=2, keepdims=True)
    joined: _Floats = (likeness @ values).transpose(1, 0, 2).reshape(size, width)
    return joined


def _levelled(state: _Floats, scale: _Floats, shift: _Floats) -> _Floats:
    """Each row brought to mean 0 and spread 1, then scaled and shifted (layer normalisation)."""
    centred: _Floats = state - state.mean(axis=1, keepdims=True)
    spread: _Floats = np.sqrt((centred * centred).mean(axis=1, keepdims=True) + TINY)
    levelled: _Floats = centred / spread * scale + shift
    return levelled


def _gelu(values: _Floats) -> _Floats:
    """X times the share of a normal distribution below x (Hendrycks and Gimpel 2016, with tanh)."""
    inner = values * values
    inner *= np.float32(0.044715)
    inner += np.float32(1)
    inner *= values
    inner *= np.float32((2 / np.pi) ** 0.5)
    np.tanh(inner, out=inner)
    inner += np.float32(1)
    inner *= values
    inner *= np.float32(0.5)
    return inner
