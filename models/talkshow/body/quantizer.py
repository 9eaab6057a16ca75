"""A codebook that follows its encoder by exponential moving averages.

van den Oord, Vinyals and Kavukcuoglu, "Neural Discrete Representation Learning", 2017, appendix A.1; the averages are
corrected for their start at zero (Kingma and Ba, "Adam", 2015, section 3).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class MovingAverage(nn.Module):
    """An exponential moving average that starts at zero and is corrected for it."""

    hidden: Tensor

    def __init__(self, shape: tuple[int, ...], decay: float) -> None:
        super().__init__()
        self.decay = decay
        self.steps = 0
        """Updates so far; not in the authors' checkpoint, so that training which goes on from one counts anew."""
        self.register_buffer("hidden", torch.zeros(shape))

    def update(self, value: Tensor) -> Tensor:
        """Take a value in and return the corrected average."""
        self.steps += 1
        self.hidden.mul_(self.decay).add_(value, alpha=1 - self.decay)
        return self.hidden / self.correction

    @property
    def correction(self) -> float:
        """What the hidden value is of the average."""
        return 1 - self.decay**self.steps


class Codebook(nn.Module):
    """Nearest vectors, and their updates.

    Parameters
    ----------
    codes, width : int
        Vectors, and numbers of each.
    commitment : float
        Weight of the distance between the encoder's output and its code.
    decay : float
        Of the moving averages, per step of training.
    epsilon : float
        Added to every code's count, so that an unused one divides by no zero.
    restart_below : float
        Codes used less often than so many times a step, on average, are put onto outputs of the encoder drawn at
        random; 0, the published way, leaves them where they are.
    """

    embeddings: Tensor

    def __init__(
        self, codes: int, width: int, commitment: float, decay: float, epsilon: float, restart_below: float
    ) -> None:
        super().__init__()
        self.commitment, self.epsilon, self.restart_below = commitment, epsilon, restart_below
        self.register_buffer("embeddings", nn.init.xavier_uniform_(torch.empty(codes, width)))
        self.ema_dw = MovingAverage((codes, width), decay)
        self.ema_cluster_size = MovingAverage((codes,), decay)

    def tokens_of(self, vectors: Tensor) -> Tensor:
        """Return (...) indices of the codes nearest to (..., width) vectors."""
        flat = vectors.reshape(-1, vectors.shape[-1])
        squares = flat.square().sum(1, keepdim=True) + self.embeddings.square().sum(1)
        return (squares - 2 * flat @ self.embeddings.t()).argmin(1).view(vectors.shape[:-1])

    def look_up(self, tokens: Tensor) -> Tensor:
        """Return (..., width) codes of (...) indices."""
        return functional.embedding(tokens, self.embeddings)

    def forward(self, vectors: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Quantise.

        Parameters
        ----------
        vectors : (B, R, width)
            The encoder's output. While training, the codes move towards it.

        Returns
        -------
        quantised : (B, R, width)
            The codes; their gradient goes straight to ``vectors``.
        tokens : (B, R)
            Their indices.
        loss : scalar
            The weighted commitment loss.
        """
        tokens = self.tokens_of(vectors)
        quantised = self.look_up(tokens)
        if self.training:
            self._follow(vectors.detach().reshape(-1, vectors.shape[-1]), tokens.reshape(-1))
        loss = self.commitment * functional.mse_loss(vectors, quantised.detach())
        return vectors + (quantised - vectors).detach(), tokens, loss

    @torch.no_grad()
    def _follow(self, flat: Tensor, tokens: Tensor) -> None:
        codes = len(self.embeddings)
        sizes = self.ema_cluster_size.update(torch.bincount(tokens, minlength=codes).to(flat.dtype))
        sums = self.ema_dw.update(torch.zeros_like(self.embeddings).index_add_(0, tokens, flat))
        total = sizes.sum()
        smoothed = (sizes + self.epsilon) / (total + codes * self.epsilon) * total
        self.embeddings.copy_(sums / smoothed[:, None])
        if self.restart_below:
            idle = torch.nonzero(sizes < self.restart_below)[:, 0]
            drawn = flat[torch.randint(len(flat), (len(idle),), device=flat.device)]
            self.embeddings[idle] = drawn
            self.ema_cluster_size.hidden[idle] = self.ema_cluster_size.correction
            self.ema_dw.hidden[idle] = drawn * self.ema_dw.correction
