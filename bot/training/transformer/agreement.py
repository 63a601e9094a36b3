"""Whether the file that was written reads in numpy as the network does in PyTorch: the same arithmetic stands twice, and must agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch

from bot.core.reading.recogniser_pieces import PADDING
from bot.core.reading.recogniser_transformer import WINDOW, Transformer, TransformerWeights
from bot.training.matrix import Floats
from bot.training.transformer.batches import padded
from bot.training.transformer.network import Network

SAMPLE: Final = 64
"""Replies that are read both ways."""
ROUNDED: Final = 1.0
"""Score by which the two may differ: the file holds bytes for numbers, and what they lose adds up over the layers. A mistake in either is off
by many points."""


def furthest_apart(network: Network, written: TransformerWeights, texts: Sequence[str], given: Floats) -> float:
    """The largest difference between the scores of both. ``given``: a row a text, a column for each clue that ``written`` names."""
    reader = Transformer(written)
    apart = 0.0
    for text, row in zip(texts[:SAMPLE], given[:SAMPLE], strict=True):
        pieces = written.pieces.cut(text)
        if len(pieces) > WINDOW:
            continue
        numbers = torch.from_numpy(padded([pieces]))
        with torch.no_grad():
            taught = network(numbers, numbers != PADDING, torch.from_numpy(row[None])).float().numpy()[0]
        read = reader.scores(text, [clue for clue, there in zip(written.clues, row, strict=True) if there])
        apart = max(apart, float(np.abs(taught[: len(read)] - read).max()))
    return apart
