"""The gestures of a take in the Sequencer: shown there as strips, read from there, and played as they were left."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ..inference.errors import SoliloquyError
from .choice import anchor

if TYPE_CHECKING:
    from ..inference.gestures.planned import Planned
    from ..rigs.rig import Rig
    from ..rigs.takes.take import Take

_looked: dict[str, tuple[Any, str, int]] = {}
"""Id of the take that was looked at last -> how its strips lay, what was wrong with them, how many were changed."""


def show(context: Any, rig: Rig, take: Take, planned: Planned) -> int:
    """Lay a take's plan into the Sequencer, in place of the character's strips there; return the number of strips.

    Raises
    ------
    SoliloquyError
        When there is no gesture in the plan.
    """
    from ..rigs.compat import sequencer_scene
    from ..rigs.gesture_strips import editor_of, write_gestures
    from ..rigs.takes.gestures import frame_at

    if not planned:
        raise SoliloquyError(f"'{take.name}' has no gestures.", "Add one with + in the list.")
    scene = sequencer_scene(context)
    editor = editor_of(take.id) or scene.sequence_editor_create()
    _looked.clear()
    return write_gestures(editor, planned, take.id, anchor(rig).name, partial(frame_at, rig, take))


def hide(take: Take) -> None:
    """Take the strips of a take's gestures out of the Sequencer; the gestures stay as they are."""
    from ..rigs.gesture_strips import editor_of, remove_gestures

    editor = editor_of(take.id)
    if editor is not None:
        remove_gestures(editor, take.id)
    _looked.clear()


def wanted(rig: Rig, take: Take) -> Planned | None:
    """Return the plan as the Sequencer shows it, None where it shows none of the take's gestures.

    Raises
    ------
    SoliloquyError
        When a strip's text is no gesture.
    """
    from ..rigs.gesture_strips import editor_of, read_gestures_of
    from ..rigs.takes.gestures import frame_at
    from ..rigs.takes.regenerate import seconds_at

    editor = editor_of(take.id)
    if editor is None:
        return None
    return read_gestures_of(editor, take.id, partial(frame_at, rig, take), partial(seconds_at, rig, take))


def changes(planned: Planned, other: Planned | None) -> int:
    """Return how many gestures two plans differ in; 0 where the other one is None."""
    if other is None:
        return 0
    before, after = set(planned), set(other)
    return max(len(before - after), len(after - before))


def state(rig: Rig, take: Take, planned: Planned) -> tuple[bool, int, str]:
    """Return whether the Sequencer shows a take's gestures, how many were changed there, and what is wrong with them.

    For drawing: read again only where a strip, the plan or the take's place is another than before.
    """
    from ..rigs.gesture_strips import editor_of, mark
    from ..rigs.takes.gestures import frame_at

    editor = editor_of(take.id)
    if editor is None:
        _looked.clear()
        return False, 0, ""
    now = (mark(editor, take.id), planned, frame_at(rig, take, 0.0))
    seen, problem, count = _looked.get(take.id, (None, "", 0))
    if seen != now:
        problem, count = "", 0
        try:
            count = changes(planned, wanted(rig, take))
        except SoliloquyError as error:
            problem = str(error)
        _looked.clear()
        _looked[take.id] = (now, problem, count)
    return True, count, problem


def require_applied(rig: Rig, take: Take, planned: Planned) -> None:
    """Raise :class:`SoliloquyError` where the Sequencer holds changes that another change would overwrite."""
    count = changes(planned, wanted(rig, take))
    if count:
        what = "One gesture was" if count == 1 else f"{count} gestures were"
        raise SoliloquyError(
            f"{what} changed in the Sequencer and not applied.", "Press Apply, or Hide to leave the take as it is."
        )


def delivered(context: Any, rig: Rig, before: str, take: Take, ordered: Planned | None, planned: Planned) -> None:
    """Show the plan that a take has now, unless the strips were edited again since it was ordered.

    Parameters
    ----------
    before : str
        Id of the take that was shown; keys edited by hand make a copy, which is another one.
    ordered : tuple of PlannedGesture or None
        What the Sequencer showed when the change was ordered.
    planned : tuple of PlannedGesture
        The take's plan now.
    """
    from ..rigs.gesture_strips import editor_of, remove_gestures
    from ..rigs.takes.take import takes_of

    editor = editor_of(before)
    old = next((item for item in takes_of(rig) if item.id == before), take)
    _looked.clear()
    if editor is None or ordered is None or not planned:
        return
    try:
        if changes(ordered, wanted(rig, old)):
            return
    except SoliloquyError:
        return
    if before != take.id:
        remove_gestures(editor, before)
    show(context, rig, take, planned)


def is_drawn() -> bool:
    """Return whether a panel shows what was changed in the Sequencer."""
    return bool(_looked)
