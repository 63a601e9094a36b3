"""The transformer's arithmetic against the same written out in loops, and what it does with odd messages."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.reading.recogniser_pieces import END, START
from bot.core.reading.recogniser_transformer import BLOCK, WINDOW, WINDOWS, Layer, blocked, whole, windows_of
from tests.support.transformer import HEADS, WIDTH, transformer

SMALL = transformer()
Row = list[float]


def levelled(row: Row, scale: Row, shift: Row) -> Row:
    mean = sum(row) / len(row)
    spread = math.sqrt(sum((x - mean) ** 2 for x in row) / len(row))
    return [(x - mean) / spread * s + h for x, s, h in zip(row, scale, shift, strict=True)]


def times(row: Row, matrix: list[Row], bias: Row) -> Row:
    return [sum(x * matrix[i][j] for i, x in enumerate(row)) + b for j, b in enumerate(bias)]


def gelu(x: float) -> float:
    return 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def through(state: list[Row], layer: Layer) -> list[Row]:
    arrays = {name: getattr(layer, name) for name in Layer.__dataclass_fields__}
    plain = {name: (whole(array) if array.ndim > 1 else array).tolist() for name, array in arrays.items()}
    mixed = [times(row, plain["mix"], plain["mix_bias"]) for row in state]
    own, found = WIDTH // HEADS, []
    for at, row in enumerate(state):
        joined: Row = []
        for head in range(HEADS):
            query = mixed[at][head * own : (head + 1) * own]
            keys = [other[WIDTH + head * own : WIDTH + (head + 1) * own] for other in mixed]
            values = [other[2 * WIDTH + head * own : 2 * WIDTH + (head + 1) * own] for other in mixed]
            likeness = [math.exp(sum(q * k for q, k in zip(query, key, strict=True)) / math.sqrt(own)) for key in keys]
            joined += [sum(like * v[i] for like, v in zip(likeness, values, strict=True)) / sum(likeness) for i in range(own)]
        attended = times(joined, plain["joined"], plain["joined_bias"])
        first = levelled([x + y for x, y in zip(row, attended, strict=True)], plain["first_scale"], plain["first_shift"])
        wide = [gelu(x) for x in times(first, plain["wide"], plain["wide_bias"])]
        narrow = times(wide, plain["narrow"], plain["narrow_bias"])
        found.append(levelled([x + y for x, y in zip(first, narrow, strict=True)], plain["second_scale"], plain["second_shift"]))
    return found


def vector(piece: int) -> Row:
    """The vector of a piece: the first half of a block lies in the low bits."""
    packed = SMALL.weights.nibbles[piece].tolist()
    step = float(SMALL.weights.steps[piece][0])
    return [((byte & 15) - 8) * step for byte in packed] + [((byte >> 4) - 8) * step for byte in packed]


def written_out(text: str, clues: tuple[str, ...]) -> Row:
    weights = SMALL.weights
    numbers = [START, *weights.pieces.cut(text), END]
    state = [
        levelled([x + p for x, p in zip(vector(piece), weights.places[at].tolist(), strict=True)], [1.0] * WIDTH, [0.0] * WIDTH)
        for at, piece in enumerate(numbers)
    ]
    for layer in weights.layers:
        state = through(state, layer)
    columns = list(zip(*state, strict=True))
    pooled = [sum(column) / len(column) for column in columns] + [max(column) for column in columns]
    hidden = times(pooled, weights.pooled.tolist(), weights.hidden_bias.tolist())
    for clue in clues:
        hidden = [x + y for x, y in zip(hidden, weights.clue_table[weights.clues.index(clue)].tolist(), strict=True)]
    return times([gelu(x) for x in hidden], weights.out.tolist(), weights.bias.tolist())


@pytest.mark.parametrize("clues", [(), ("unclear",)])
def test_its_scores_are_those_of_the_same_arithmetic_in_loops(clues: tuple[str, ...]) -> None:
    assert WIDTH == BLOCK
    assert np.allclose(SMALL.scores("the cat sat", clues), written_out("the cat sat", clues), atol=1e-4)


def test_a_clue_that_it_does_not_know_counts_for_nothing() -> None:
    assert np.array_equal(SMALL.scores("the cat", ("moon",)), SMALL.scores("the cat"))


def test_order_matters() -> None:
    assert not np.allclose(SMALL.scores("ab"), SMALL.scores("ba"), atol=1e-3)


def test_a_long_message_is_read_in_windows_to_its_end() -> None:
    pieces = list(range(1_000))
    windows = windows_of(pieces)
    assert len(windows) == WINDOWS
    assert all(len(window) == WINDOW for window in windows)
    assert windows[0][0] == 0
    assert windows[-1][-1] == 999
    assert windows_of(pieces[:WINDOW]) == [pieces[:WINDOW]]
    assert [list(window) for window in windows_of(pieces[: WINDOW + 1])] == [pieces[:WINDOW], pieces[1 : WINDOW + 1]]


def test_what_follows_a_first_window_raises_scores_and_lowers_none() -> None:
    start = "a" * (WINDOW - 1)
    alone, longer = SMALL.scores(start), SMALL.scores(start + "xyz" * 30)
    assert (longer >= alone - 1e-5).all()
    assert (longer > alone + 1e-3).any()


def test_a_matrix_in_blocks_is_the_same_matrix() -> None:
    matrix = np.arange(5 * 2 * BLOCK, dtype=np.float32).reshape(5, 2 * BLOCK)
    assert blocked(matrix).shape == (2, 5, BLOCK)
    assert np.array_equal(whole(blocked(matrix)), matrix)


@given(st.text(st.characters(), max_size=300))
def test_it_never_fails(text: str) -> None:
    scores = SMALL.scores(text)
    assert scores.shape == (7,)
    assert np.isfinite(scores).all()
