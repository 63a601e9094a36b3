"""The transformer as PyTorch trains it; the same arithmetic as bot/core/reading/recogniser_transformer.py, which reads without PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from bot.core.reading.recogniser_pieces import Pieces
from bot.core.reading.recogniser_transformer import WINDOW, Layer, TransformerWeights, blocked
from bot.training.matrix import Floats
from bot.training.transformer.base import BLOCK, BaseModel

LAYERS: Final = 12
"""All of the base model; the first six alone learned less (docs/adr/0019)."""
HIDDEN: Final = 256
DROP_START, DROP_POOLED, DROP_CLUES, DROP_HIDDEN = 0.1, 0.1, 0.2, 0.2
HIDES: Final = -1e4
"""What is added to the likeness to padding."""


class _Layer(nn.Module):  # type: ignore[misc]  # PyTorch is not among what the checks install
    """One layer, from layer ``number`` of the base model."""

    def __init__(self, base: BaseModel, number: int) -> None:
        super().__init__()
        width, wide = base.width, base.wide
        self.heads = base.heads
        self.mix, self.joined = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, wide), nn.Linear(wide, width)
        self.first, self.second = nn.LayerNorm(width, base.tiny), nn.LayerNorm(width, base.tiny)

        def given(name: str, *shape: int) -> Tensor:
            return torch.tensor(base.tensor(f"l{number}.{name}", *shape))

        _set(self.mix, torch.cat([given(f"{n}.w", width, width) for n in "qkv"]), torch.cat([given(f"{n}.b") for n in "qkv"]))
        _set(self.joined, given("ao.w", width, width), given("ao.b"))
        _set(self.wide, given("fi.w", wide, width), given("fi.b"))
        _set(self.narrow, given("fo.w", width, wide), given("fo.b"))
        _set(self.first, given("aln.w"), given("aln.b"))
        _set(self.second, given("oln.w"), given("oln.b"))

    def forward(self, state: Tensor, hidden: Tensor) -> Tensor:
        """``hidden``: what to add to the likeness to each piece, to keep padding out."""
        state = self.first(state + self.joined(self._attended(self.mix(state), hidden)))
        return self.second(state + self.narrow(functional.gelu(self.wide(state), approximate="tanh")))

    def _attended(self, mixed: Tensor, hidden: Tensor) -> Tensor:
        rows, size, width = mixed.shape[0], mixed.shape[1], mixed.shape[2] // 3
        queries, keys, values = mixed.view(rows, size, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        # Written out: PyTorch's own attention is many times slower backwards on a processor.
        likeness = queries @ keys.transpose(-1, -2) * (width // self.heads) ** -0.5 + hidden
        return (torch.softmax(likeness, -1).to(values.dtype) @ values).transpose(1, 2).reshape(rows, size, width)


class Network(nn.Module):  # type: ignore[misc]  # the same
    """Pieces and clues -> heads. The vectors of pieces are not trained: those of pieces that the corpus lacks would stay behind."""

    vectors: Tensor

    def __init__(self, base: BaseModel, kept: NDArray[np.int64], clues: int, heads: int) -> None:
        super().__init__()
        self.base, self.kept = base, kept
        self.register_buffer("vectors", torch.tensor(base.tensor("emb.word", base.words, base.width)[kept]), persistent=False)
        places = base.tensor("emb.pos", base.longest, base.width) + base.tensor("emb.type", base.kinds, base.width)[0]
        self.places = nn.Parameter(torch.tensor(places[: WINDOW + 2]))
        self.start = nn.LayerNorm(base.width, base.tiny)
        _set(self.start, torch.tensor(base.tensor("emb.ln.w")), torch.tensor(base.tensor("emb.ln.b")))
        self.layers = nn.ModuleList(_Layer(base, number) for number in range(LAYERS))
        self.pooled, self.clues, self.out = (
            nn.Linear(2 * base.width, HIDDEN),
            nn.Linear(clues, HIDDEN, bias=False),
            nn.Linear(HIDDEN, heads),
        )

    def forward(self, pieces: Tensor, real: Tensor, clues: Tensor) -> Tensor:
        """The score of every head, a row a message; ``real`` is false where there is padding."""
        state = self._drop(self.start(self.vectors[pieces] + self.places[: pieces.shape[1]]), DROP_START)
        hidden = torch.zeros(real.shape).masked_fill(~real, HIDES)[:, None, None, :]
        for layer in self.layers:
            state = layer(state, hidden)
        state, own = state.float(), real[..., None]
        mean, highest = (state * own).sum(1) / own.sum(1), state.masked_fill(~own, HIDES).amax(1)
        pooled = self._drop(torch.cat([mean, highest], 1), DROP_POOLED)
        units = functional.gelu(self.pooled(pooled) + self.clues(self._drop(clues, DROP_CLUES)), approximate="tanh")
        return self.out(self._drop(units, DROP_HIDDEN))

    def _drop(self, values: Tensor, share: float) -> Tensor:
        return functional.dropout(values, share, self.training)

    def weights(self, clues: Sequence[str], heads: int) -> TransformerWeights:
        """What has been learned, for reading; only the first ``heads`` are kept."""
        steps, nibbles = self.base.blocks("emb.word")
        blocks = self.base.width // BLOCK
        return TransformerWeights(
            pieces=Pieces([self.base.pieces[at] for at in self.kept], self.base.scores[self.kept].tolist()),
            nibbles=nibbles.reshape(self.base.words, -1)[self.kept],
            steps=steps.reshape(self.base.words, blocks)[self.kept],
            places=_floats(self.places),
            start_scale=_floats(self.start.weight),
            start_shift=_floats(self.start.bias),
            layers=[_packed(layer) for layer in self.layers],
            heads_of_attention=self.base.heads,
            pooled=_floats(self.pooled.weight).T,
            hidden_bias=_floats(self.pooled.bias),
            clues=tuple(clues),
            clue_table=_floats(self.clues.weight).T,
            out=_floats(self.out.weight)[:heads].T,
            bias=_floats(self.out.bias)[:heads],
        )


def _packed(layer: nn.Module) -> Layer:
    return Layer(
        mix=blocked(_floats(layer.mix.weight).T),
        mix_bias=_floats(layer.mix.bias),
        joined=blocked(_floats(layer.joined.weight).T),
        joined_bias=_floats(layer.joined.bias),
        first_scale=_floats(layer.first.weight),
        first_shift=_floats(layer.first.bias),
        wide=blocked(_floats(layer.wide.weight).T),
        wide_bias=_floats(layer.wide.bias),
        narrow=blocked(_floats(layer.narrow.weight).T),
        narrow_bias=_floats(layer.narrow.bias),
        second_scale=_floats(layer.second.weight),
        second_shift=_floats(layer.second.bias),
    )


def _set(module: nn.Linear | nn.LayerNorm, weight: Tensor, bias: Tensor) -> None:
    module.weight.data, module.bias.data = weight, bias


def _floats(tensor: Tensor) -> Floats:
    numbers: Floats = tensor.detach().float().numpy()
    return numbers
