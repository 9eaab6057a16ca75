"""The body benchmark's figures as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from .body_measures import Row
from .body_movement import Movement


def _number(value: float, digits: int = 2) -> str:
    return "-" if not np.isfinite(value) else f"{value:.{digits}f}"


def _range(value: float, limits: tuple[float, float]) -> str:
    if not np.isfinite(value):
        return "-"
    return f"{value:.2f} ({limits[0]:.2f}..{limits[1]:.2f})"


def _percent(value: float) -> str:
    return "-" if not np.isfinite(value) else f"{100 * value:.1f} %"


def markdown(title: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table."""
    head = list(head)
    lines = [f"\n### {title}\n", "| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


MOVEMENT: tuple[str, ...] = (
    "", "wrist speed m/s", "time moving", "time raised", "of that both hands", "height cm", "to the front cm",
    "right hand's share", "stops / min", "fingers cm",
)  # fmt: skip


def movement_cells(found: Movement | None) -> list[str]:
    """Return the cells of one row of the table of movement."""
    if found is None:
        return ["-"] * (len(MOVEMENT) - 1)
    return [
        _number(found.speed, 3), _percent(found.moving), _percent(found.raised), _percent(found.both),
        _number(100 * found.height, 1), _number(100 * found.reach, 1), _percent(found.right), _number(found.stops, 1),
        _number(100 * found.curl),
    ]  # fmt: skip


def tables(rows: Mapping[str, Row], clips: Row) -> str:
    """Return four tables: distances, relation to the speech, quality, movement; jerk relative to ``clips``."""
    assert clips.jerk is not None
    distances = [
        [
            name, f"{row.takes} / {row.minutes:.1f}",
            _range(row.to_clips, row.to_clips_range), _range(row.to_corpus, row.to_corpus_range),
            f"{_number(row.joint, 3)} / {_number(row.joint_shifted, 3)}",
            f"{_number(row.relation)} / {_number(row.relation_shifted)}",
            _number(100 * row.between, 1), _number(100 * row.within, 1),
        ]
        for name, row in rows.items()
    ]  # fmt: skip
    relation = []
    for name, row in rows.items():
        scores = [row.beats.get(kind) for kind in ("accents", "onsets")]
        cells = [
            f"{part.score:.3f} / {part.chance:.3f}" if pair else "-"
            for pair in scores
            for part in (pair if pair else (None, None))
            if part or not pair
        ]
        relation.append([name, *cells, _number(row.beats_per_second)])
    quality = []
    for name, row in rows.items():
        assert row.jerk is not None
        ratios = (
            row.jerk.mean / clips.jerk.mean,
            row.jerk.moving / clips.jerk.moving,
            row.jerk.high / clips.jerk.high,
        )
        quality.append([
            name, *(_number(ratio) for ratio in ratios), _number(row.slide), _number(row.floating),
            f"{_percent(row.inside)}, {_number(100 * row.deepest, 1)}",
            f"{_percent(row.beyond)}, {_number(row.worst_degrees, 0)}",
            _number(row.frozen, 1), _percent(row.t_pose), _number(row.drift, 1), _number(row.cpu_per_minute),
        ])  # fmt: skip
    return "\n".join([
        markdown("Distances", (
            "", "takes / min", "to held-out clips (90 %)", "to held-out corpus (90 %)", "with its speech / shifted",
            "relation error / shifted", "between takes cm", "within take cm",
        ), distances),
        markdown("Beats against chance", (
            "", "accents near motion", "motion near accents", "onsets near motion", "motion near onsets",
            "motion beats / s",
        ), relation),
        markdown("Quality", (
            "", "jerk, of clips'", "moving", "p99", "slide cm/s", "float cm", "inside body, deepest cm",
            "beyond limits, worst deg", "frozen s", "T-pose", "drift cm", "CPU s / min",
        ), quality),
        markdown("Movement", MOVEMENT, ([name, *movement_cells(row.movement)] for name, row in rows.items())),
    ])  # fmt: skip
