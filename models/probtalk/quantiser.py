"""Product quantisation: a vector in equal parts, each replaced by the nearest of its own code book.

Jégou et al. 2011, "Product Quantization for Nearest Neighbor Search"; the code books follow the encoder by moving
averages (van den Oord et al. 2017, appendix A.1), and codes nobody uses are drawn anew (Williams et al. 2020).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

_SMOOTHING = 1e-5
_LONG = 10_000  # steps after which a moving average has forgotten how it began


class MovingSum(nn.Module):
    """What a moving average remembers; ``hidden`` lies in the authors' checkpoints."""

    hidden: Tensor

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.register_buffer("hidden", torch.zeros(*shape))


class ProductQuantiser(nn.Module):
    """Quantises vectors part by part.

    Parameters
    ----------
    width : int
        Length of a whole vector, a multiple of ``groups``.
    codes : int
        Size of each code book.
    groups : int
        Parts, each with a code book of its own.
    decay : float
        Of the moving averages, per training step.
    reset_below : float
        Codes used by fewer vectors of a batch than this, on average, are replaced by vectors of the batch.
    """

    def __init__(self, width: int, codes: int, groups: int, decay: float = 0.99, reset_below: float = 1.0) -> None:
        super().__init__()
        self.groups, self.codes, self.code_width = groups, codes, width // groups
        self.decay, self.reset_below = decay, reset_below
        for group in range(groups):
            book = torch.empty(codes, self.code_width)
            nn.init.xavier_uniform_(book)
            self.register_buffer(f"embeddings_{group}", book)
        self.ema_dw = nn.ModuleList(MovingSum(codes, self.code_width) for _ in range(groups))
        self.ema_cluster_size = nn.ModuleList(MovingSum(codes) for _ in range(groups))
        self.steps = 0
        """Training steps so far; a young moving average is enlarged by them. Not in the authors' checkpoints either."""

    def book(self, group: int) -> Tensor:
        """Return a group's (codes, width / groups) vectors."""
        return getattr(self, f"embeddings_{group}")

    @torch.no_grad()
    def remember_books(self, used: float) -> None:
        """Let the moving averages stand where the code books are: training goes on from books read from a file.

        Parameters
        ----------
        used : float
            By how many vectors of a batch each code is taken to be used.
        """
        for group in range(self.groups):
            total, size = self._hidden(group)
            size.fill_(used)
            total.copy_(used * self.book(group))
        self.steps = _LONG

    def nearest(self, vectors: Tensor) -> Tensor:
        """Return (..., groups) codes of (..., width) vectors: of every part the nearest by Euclidean distance."""
        parts = vectors.reshape(*vectors.shape[:-1], self.groups, self.code_width)
        return torch.stack([self._nearest(parts[..., group, :], group) for group in range(self.groups)], -1)

    def look_up(self, codes: Tensor) -> Tensor:
        """Return (..., width) vectors of (..., groups) codes."""
        parts = [functional.embedding(codes[..., group], self.book(group)) for group in range(self.groups)]
        return torch.cat(parts, -1)

    def forward(self, vectors: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Quantise; in training mode the code books learn from the vectors too.

        Parameters
        ----------
        vectors : (B, T, width)

        Returns
        -------
        quantised : (B, T, width)
            Its gradient passes straight to ``vectors``.
        codes : (B, T, groups)
            Whole numbers.
        commitment : ()
            Mean squared distance that the encoder is to shrink.
        """
        codes = self.nearest(vectors)
        quantised = self.look_up(codes)
        if self.training:
            self._learn(vectors.detach().flatten(0, -2), codes.flatten(0, -2))
        commitment = functional.mse_loss(vectors, quantised)
        return vectors + (quantised - vectors).detach(), codes, commitment

    def _nearest(self, parts: Tensor, group: int) -> Tensor:
        book = self.book(group)
        distance = (parts**2).sum(-1, keepdim=True) + (book**2).sum(1) - 2 * parts @ book.t()
        return distance.argmin(-1)

    @torch.no_grad()
    def _learn(self, vectors: Tensor, codes: Tensor) -> None:
        self.steps += 1
        started = 1 - self.decay**self.steps
        parts = vectors.reshape(*vectors.shape[:-1], self.groups, self.code_width)
        for group in range(self.groups):
            chosen = functional.one_hot(codes[:, group], self.codes).to(vectors.dtype)
            total, size = self._hidden(group)
            total.lerp_(chosen.t() @ parts[:, group], 1 - self.decay)
            size.lerp_(chosen.sum(0), 1 - self.decay)
            unused = size / started < self.reset_below
            drawn = _drawn(parts[:, group], self.codes)
            total[unused] = drawn[unused] * (self.reset_below * started)
            size[unused] = self.reset_below * started
            self.book(group).copy_(total / (size + _SMOOTHING)[:, None])

    def _hidden(self, group: int) -> tuple[Tensor, Tensor]:
        total, size = self.ema_dw[group], self.ema_cluster_size[group]
        assert isinstance(total, MovingSum)
        assert isinstance(size, MovingSum)
        return total.hidden, size.hidden


def _drawn(vectors: Tensor, count: int) -> Tensor:
    """Return (count, C) of (N, C) vectors drawn at random; where N is smaller, some again, slightly moved."""
    if len(vectors) >= count:
        return vectors[torch.randperm(len(vectors), device=vectors.device)[:count]]
    chosen = vectors[torch.randint(len(vectors), (count,), device=vectors.device)]
    return chosen + torch.randn_like(chosen) * 0.01 / chosen.shape[-1] ** 0.5
