"""Hair styles of cards: grows the coats of a style on the scalp, cuts them into strips and binds them to the body."""

from __future__ import annotations

import numpy as np

from ...inference.easing import eased
from .hair_cards import Binder, Cards, cut_cards, join, pick_columns, scalp_cap
from .hair_growth import Ground, Strands, clump, grow, scatter, settle, sprout, trim, uneven, unit, wave
from .hair_styles import Coat, Style
from .hair_tail import bun, ponytail
from .makehuman import Floats, Ints
from .part import Part
from .scalp import Scalp

_THIN = 0.8
"""Share of the cards along the hairline that are loose."""


class HairDresser:
    """Grows styles on one head.

    Parameters
    ----------
    scalp : Scalp
        The head.
    quads : (m, 4) array
        The body's faces.
    ears : (V,) array
        0..1 where ears are.
    weights : (V, 55) array
        Joint weights of the base mesh.
    keys : (K, V, 3) array
        The face's keys, metres.
    """

    def __init__(self, scalp: Scalp, quads: Ints, ears: Floats, weights: Floats, keys: Floats) -> None:
        self.scalp, self.quads, self.ears, self.weights = scalp, quads, ears, weights
        self.ground = Ground(scalp, ears)
        self.binder = Binder(scalp, ears, weights, keys)
        good = np.zeros(len(scalp.vertices), bool)
        good[scalp.candidates] = True
        self.faces = quads[good[quads].all(1) & (ears[quads].max(1) < 0.3)]

    def above(self, style: Style, points: Floats) -> Floats:
        """Return (n,) metres above a style's hairline, which wanders by some millimetres."""
        offset = points - self.scalp.centre
        azimuth = np.degrees(np.abs(np.arctan2(offset[:, 0], offset[:, 2])))
        raised = style.hairline(azimuth) + 0.0022 * uneven(points, 0.022) + 0.0012 * uneven(points, 0.007)
        return self.scalp.above_hairline(points) - raised

    def strands(self, style: Style, coat: Coat, random: np.random.Generator) -> tuple[Strands, Ints]:
        """Return the grown strands of a coat, and the lock of each."""
        eyes = self.scalp.eyes

        def dense(points: Floats) -> Floats:
            return coat.where(points - eyes, self.above(style, points))

        points = scatter(self.scalp.vertices, self.faces, coat.cards, random, dense)
        strands = sprout(self.scalp, points, self.above(style, points), style.parting or 0.0, random)
        strands.length, strands.rise = coat.length(strands), coat.rise(strands)
        if style.parting is not None:
            beside = np.abs(strands.place[:, 0] - style.parting) + 0.5 * np.maximum(-0.10 - strands.place[:, 2], 0)
            strands.rise = strands.rise * (0.45 + 0.55 * eased(beside, 0.0, 0.035))
        flow = unit(coat.flow(strands, strands.place, strands.normals, np.zeros(len(points)), 0.0))
        along = unit(flow - (flow * strands.normals).sum(1, keepdims=True) * strands.normals)
        start = along + coat.stand * strands.normals + coat.messy * random.normal(size=along.shape)
        grow(
            strands, self.ground, eyes, coat.flow, start=start, follow=coat.follow, gravity=coat.gravity,
            hug=coat.hug, droop=coat.droop, ears=coat.ears,
        )  # fmt: skip
        if coat.cut is not None:
            trim(strands, eyes, coat.cut, coat.jitter)
        owner = clump(strands, *coat.clump)
        if coat.wave is not None:
            wave(strands, owner, *coat.wave)
        settle(strands, self.ground, ears=coat.ears)
        return strands, owner

    def cards(self, style: Style) -> tuple[Cards, int]:
        """Return a style's cards, and how many of their points, the first ones, are the sheet of short roots."""
        random = np.random.default_rng(style.seed)
        pieces = []
        if style.cap:
            pieces.append(scalp_cap(self.scalp, self.quads, self.above(style, self.scalp.vertices)))
        lying = sum(len(piece.points) for piece in pieces)
        for coat in style.coats:
            strands, _ = self.strands(style, coat, random)
            count = len(strands.roots)
            thin = _THIN * (1 - eased(strands.edge, 0.001, 0.012))
            column = pick_columns(random, strands.layer, coat.kind, thin)
            roll = random.normal(0, coat.roll, count)
            half = coat.half_width * random.uniform(0.75, 1.25, count)
            shape = {"segments": coat.segments, "taper": coat.taper, "tent": coat.tent}
            cards = cut_cards(strands.path, self.ground, column, half, roll, **shape)
            cards.points = self.ground.clear(cards.points, 0.0005, ears=False)
            pieces.append(cards)
        if style.tail is not None:
            shape = ponytail if style.tail.length > 0 else bun
            pieces.append(shape(style.tail, self.scalp.eyes, self.ground, random))
        return join(pieces), lying

    def part(self, name: str, style: Style) -> Part:
        """Return a style as a part of the character."""
        cards, lying = self.cards(style)
        return self.binder.part(name, cards, hangs=style.hangs, lying=lying, skin=self.quads)
