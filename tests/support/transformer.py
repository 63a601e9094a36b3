"""A transformer small enough for a test: random weights, always the same ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.core.reading.recogniser_pieces import Pieces
from bot.core.reading.recogniser_transformer import BLOCK, WINDOW, Layer, Transformer, TransformerWeights, blocked

WIDTH, WIDE, HEADS, HIDDEN = BLOCK, 2 * BLOCK, 4, 6
NAMES = ("<s>", "<pad>", "</s>", "<unk>", "▁", *"abcdefghijklmnopqrstuvwxyz", "▁the")


def transformer(heads: int = 7, clues: tuple[str, ...] = ("unclear",), layers: int = 2) -> Transformer:
    """Random weights for this many heads of the message."""
    random = np.random.default_rng(3)

    def some(*shape: int, by: float = 0.3) -> NDArray[np.float32]:
        return (random.standard_normal(shape) * by).astype(np.float32)

    def layer() -> Layer:
        return Layer(
            mix=blocked(some(WIDTH, 3 * WIDTH)),
            mix_bias=some(3 * WIDTH),
            joined=blocked(some(WIDTH, WIDTH)),
            joined_bias=some(WIDTH),
            first_scale=1 + some(WIDTH, by=0.1),
            first_shift=some(WIDTH),
            wide=blocked(some(WIDTH, WIDE)),
            wide_bias=some(WIDE),
            narrow=blocked(some(WIDE, WIDTH)),
            narrow_bias=some(WIDTH),
            second_scale=1 + some(WIDTH, by=0.1),
            second_shift=some(WIDTH),
        )

    return Transformer(
        TransformerWeights(
            pieces=Pieces(NAMES, [-float(at) for at in range(len(NAMES))]),
            nibbles=random.integers(0, 256, (len(NAMES), WIDTH // 2), dtype=np.uint8),
            steps=np.full((len(NAMES), WIDTH // BLOCK), 0.2, np.float16),
            places=some(WINDOW + 2, WIDTH),
            start_scale=np.ones(WIDTH, np.float32),
            start_shift=np.zeros(WIDTH, np.float32),
            layers=[layer() for _ in range(layers)],
            heads_of_attention=HEADS,
            pooled=some(2 * WIDTH, HIDDEN),
            hidden_bias=some(HIDDEN),
            clues=clues,
            clue_table=some(len(clues), HIDDEN, by=2.0),
            out=some(HIDDEN, heads, by=1.0),
            bias=some(heads),
        )
    )
