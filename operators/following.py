"""Takes follow their strips: a handler that notices what the Sequencer changes, the state of a take, and two buttons.

The handler looks only when Blender says that a scene has changed, and then at the strips with an id, nothing else.
"""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import bpy
from bpy.app.handlers import persistent

from ..inference.errors import SoliloquyError
from . import handlers, session, take_list
from .choice import anchor, seen
from .take_job import OrdersTakes, TakeJob
from .takes import OnTake, meant

if TYPE_CHECKING:
    from ..rigs.rig import Rig
    from ..rigs.takes.take import Take

_layout: Any = ()
_busy = False
_LOOK_SECONDS = 0.5
_looked: dict[str, tuple[float, Tie]] = {}


@dataclass(frozen=True)
class Tie:
    """What a panel says about a take and its strip."""

    text: str
    icon: str
    again: bool = False
    """Whether the take has to be animated again."""
    elsewhere: bool = False
    """Whether the take does not lie where its strip does."""


def check(*, anew: bool = False) -> None:
    """Put takes where their strips are, where anything about the strips has changed.

    Parameters
    ----------
    anew : bool
        Whether or not anything has changed.
    """
    global _layout, _busy
    if _busy or (not anew and not _layout and all(scene.sequence_editor is None for scene in bpy.data.scenes)):
        return
    from ..rigs import strip_identity

    mark = strip_identity.layout()
    if mark == _layout and not anew:
        return
    from ..rigs.takes import follow
    from .spoken_strip import following_scenes

    _layout, _busy = mark, True
    try:
        done = follow.follow(scenes=following_scenes())
    finally:
        _busy = False
    if done.waiting:
        _layout = None
    _looked.clear()
    take_list.look_again()
    session.redraw()


def tie_of(context: Any, take_id: str) -> Tie | None:
    """Return what to say about a take of the chosen character and its strip, None where it has no strip."""
    from ..rigs.takes.take import takes_of

    now = time.monotonic()
    moment, known = _looked.get(take_id, (-_LOOK_SECONDS, None))
    if known is not None and now - moment < _LOOK_SECONDS:
        return known
    rig = seen(context).rig
    take = next((item for item in takes_of(rig) if item.id == take_id), None) if rig is not None else None
    if rig is None or take is None:
        return None
    found = _tie(rig, take)
    if found is not None:
        _looked.clear()
        _looked[take_id] = (now, found)
    return found


def _tie(rig: Rig, take: Take) -> Tie | None:
    from ..rigs.strip_identity import strips_with
    from ..rigs.takes import follow, nla

    link = follow.link_of(rig, take)
    if link is None:
        return None
    strips = strips_with(link.strip, bpy.data.scenes.get(link.scene))
    if not strips:
        return Tie(f"Its strip '{link.name}' is gone; the take stays where it is.", "UNLINKED")
    stale = follow.why_stale(link, str((take.meta.get("audio") or {}).get("sha256", "")))
    if stale is not None:
        return Tie(stale.message, "ERROR", again=True)
    name = strips[0][0].name
    tracks = nla.tracks(rig, take.id)
    if follow.by_hand(link, tracks):
        return Tie(f"Cut or stretched by hand in the NLA; it does not follow '{name}'.", "UNLINKED", elsewhere=True)
    if not follow.in_place(link, tracks):
        return Tie(f"'{name}' lies elsewhere than this take.", "UNLINKED", elsewhere=True)
    return Tie(f"Follows '{name}'{_how(link)}.", "LINKED")


def _how(link: Any) -> str:
    """Return in words how a take plays otherwise than it was animated, empty where it does not."""
    pieces = link.pieces
    shown = sum(piece.high - piece.low for piece in pieces) / link.fps
    said = [f", in {len(pieces)} parts"] if len(pieces) > 1 else []
    whole = (link.last - link.first) / link.fps
    if shown < whole - 0.05:
        said.append(f", {shown:.1f} of {whole:.1f} s")
    scene = bpy.data.scenes.get(link.scene)
    rate = scene.render.fps / scene.render.fps_base if scene is not None else link.fps
    speeds = {round(rate / link.fps / piece.scale, 2) for piece in pieces} - {1.0}
    if len(speeds) == 1:
        said.append(f", at {speeds.pop():g} times the speed")
    return "".join(said)


class SOLILOQUY_OT_follow_strip(OnTake, bpy.types.Operator):
    """Put this take where its sound strip is, cut and timed as the strip. Use it after moving the strip elsewhere"""

    bl_idname = "soliloquy.follow_strip"
    bl_label = "Follow Strip"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Place the take's NLA strips."""
        from ..rigs.takes import follow

        try:
            rig, take = meant(context, self.take)
            if follow.link_of(rig, take) is None:
                raise SoliloquyError(f"'{take.name}' was not made from a strip.", "Animate the strip.")
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        follow.follow([take.id], again=True)
        _looked.clear()
        return {"FINISHED"}


class SOLILOQUY_OT_animate_again(OrdersTakes, OnTake, bpy.types.Operator):
    """Animate the strip anew with the settings of this take, as a new take: where it says other words now"""

    bl_idname = "soliloquy.animate_again"
    bl_label = "Animate Strip Again"
    bl_options = {"REGISTER"}

    def orders(self, context: Any) -> list[TakeJob]:
        """Return the order for the new take."""
        return [again(context, *meant(context, self.take))]


def again(context: Any, rig: Rig, take: Take, *, several: bool = False) -> TakeJob:
    """Return the order to animate a take's strip anew, with the settings that the take was made with.

    Words, markers and keys along the timeline, and emotions over time, are those of now; not the panel's text where
    ``several`` strips are asked for.

    Raises
    ------
    SoliloquyError
        When its strip is gone, or does not say how the take was made.
    """
    from ..rigs.strip_identity import strips_with
    from ..rigs.takes import follow
    from . import request
    from .take_settings import settings_of_take

    link = follow.link_of(rig, take)
    strips = strips_with(link.strip, bpy.data.scenes.get(link.scene)) if link is not None else []
    if not strips:
        raise SoliloquyError(f"The strip of '{take.name}' is gone.", "Select another strip and press Animate.")
    given = {**settings_of_take(take), "strip": strips[0][0].name, "character": anchor(rig).name, "several": several}
    job = request.build(context, given)
    return dataclasses.replace(job, take_name=take.name, free_name=True, fixes_of=take.id)


@persistent
def _scene_updated(_scene: Any, depsgraph: Any) -> None:
    if depsgraph.id_type_updated("SCENE") and depsgraph.mode != "RENDER":
        check()


@persistent
def _history_or_load(*_: Any) -> None:
    check(anew=True)


HANDLERS = (
    ("depsgraph_update_post", _scene_updated),
    ("undo_post", _history_or_load),
    ("redo_post", _history_or_load),
    ("load_post", _history_or_load),
)


def register() -> None:
    """Notice changes of the Sequencer, undo, redo and opening files."""
    handlers.add(HANDLERS)


def unregister() -> None:
    """Stop noticing."""
    global _layout
    _layout = ()
    _looked.clear()
    handlers.remove(HANDLERS)


CLASSES = (SOLILOQUY_OT_follow_strip, SOLILOQUY_OT_animate_again)
