"""Make a part of a take anew: some joints over some frames; the old take stays, muted."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import bpy
from bpy.props import BoolProperty, FloatProperty, IntProperty, StringProperty

from ..inference.errors import BadAudio, SoliloquyError
from ..inference.gestures.settings import GestureSettings
from ..inference.regenerate_job import PARTS, body_for, frame_ranges, next_seed, read_joints
from ..inference.settings import AnimateSettings, AudioRange, recorded_settings
from ..inference.words.settings import WordSettings
from . import performances, session
from .choice import anchor, seen
from .preferences import preferences
from .setting_properties import chosen, passed, setting_property, with_settings
from .take_job import OrdersTakes, TakeJob
from .takes import OnTake, meant, takes_reason

if TYPE_CHECKING:
    from ..inference.performance import Performance
    from ..rigs.rig import Rig
    from ..rigs.takes.bake import BakeReport
    from ..rigs.takes.take import Take

PART_TEXTS = {
    "left_arm": ("Left Arm", "From the collar to the wrist"),
    "right_arm": ("Right Arm", "From the collar to the wrist"),
    "hands": ("Hands", "The fingers of both hands"),
    "spine": ("Spine", "The trunk; the eyes keep looking where they did"),
}
_LOOK_SECONDS = 1.0
_looked: dict[str, tuple[float, str]] = {}


def _toggle(name: str) -> Any:
    title, description = PART_TEXTS[name]
    return BoolProperty(name=title, description=description, default=True, options=set())


class SoliloquyPart(bpy.types.PropertyGroup):
    """What the panel says about the part to make anew."""

    start: IntProperty(name="Start", description="First frame to make anew", default=1, options=set())
    end: IntProperty(name="End", description="Last frame to make anew", default=60, options=set())
    left_arm: _toggle("left_arm")
    right_arm: _toggle("right_arm")
    hands: _toggle("hands")
    spine: _toggle("spine")
    new_seed: BoolProperty(
        name="New Variation",
        description="Another variation every time. Off: the variation beside Animate",
        default=True,
        options=set(),
    )


@dataclass
class PartJob(TakeJob):
    """One order to make a part of a take anew."""

    undo_text: ClassVar[str] = "Regenerate Part"

    take: str = ""
    """Id of the old take."""
    joints: tuple[str, ...] = ()
    """What is made anew of it."""

    @property
    def awaited(self) -> str:
        """The old take, in words."""
        return f"take of '{self.object_name}' that the part is for"

    def place(self) -> tuple[Rig, Any] | None:
        """Return the character and its scene, None when it or the old take is gone."""
        from ..rigs.takes.take import takes_of

        found = super().place()
        if found is None or all(take.id != self.take for take in takes_of(found[0])):
            return None
        return found

    def bake(self, performance: Performance, rig: Rig, scene: Any) -> BakeReport:
        """Copy the old take and splice the new part into it."""
        from ..rigs.takes.regenerate import take_with_new_part

        return take_with_new_part(
            performance, rig, self.take, self.joints, name=self.take_name, file=self.order.output,
            sha256=self.sha256, interpolation=self.interpolation,
        )  # fmt: skip


def shown_range(scene: Any) -> tuple[float, float]:
    """Return the first and the last frame that a press of the button makes anew: the preview range where one is set."""
    if scene.use_preview_range:
        return float(scene.frame_preview_start), float(scene.frame_preview_end)
    part = scene.soliloquy.part
    return float(part.start), float(part.end)


def problem(rig: Rig, take: Take) -> SoliloquyError | None:
    """Return why no part of a take can be made anew, None when it can."""
    from ..rigs.takes import kept
    from ..rigs.takes.regenerate import why_not

    found = why_not(rig, take)
    if found is not None:
        return found
    found = kept.why_not(take, performances.places())
    if found is not None:
        return found
    audio = (take.meta.get("audio") or {}).get("path", "")
    if not Path(audio).is_file():
        return BadAudio(f"The recording of '{take.name}' is gone: '{audio}'.", "Put it back, or animate again.")
    return None


def build(context: Any, rig: Rig, take: Take, given: dict[str, Any]) -> PartJob:
    """Return the order to make a part of a take anew.

    Parameters
    ----------
    given : dict
        What a script passed; it goes before the panel.

    Raises
    ------
    SoliloquyError
        When the take, the frames or the joints cannot be used.
    """
    from ..inference.notes import heard_in
    from ..inference.orders.regenerate import RegenerateJob
    from ..rigs.takes import kept
    from ..rigs.takes.regenerate import seconds_at
    from .emotion_properties import direction_of
    from .request import new_output

    found = problem(rig, take)
    if found is not None:
        raise found
    scene, panel = context.scene, context.scene.soliloquy
    first, last = shown_range(scene)
    first, last = given.get("first", first), given.get("last", last)
    frames, fps = int(take.meta["frames"]), float(take.meta["fps"])
    start, stop = seconds_at(rig, take, first), seconds_at(rig, take, last)
    if not first < last or stop <= 0.0 or start >= frames / fps:
        raise SoliloquyError(
            f"The frames {first:g} to {last:g} are not within '{take.name}', which plays from {take.first_frame:g} to "
            f"{take.last_frame:g}.",
            "Set the preview range, or Start and End, over the part to make anew.",
        )
    part = (max(start, 0.0), min(stop, frames / fps))
    frame_ranges((part,), frames, fps)
    performed = recorded_settings(take.meta)
    joints = read_joints(given["joints"]) if given.get("joints") else _toggled(panel.part, given)
    seed = given.get("seed")
    if seed is None:
        again = take.meta.get("regenerated", [])
        seed = next_seed(performed.seed, again) if panel.part.new_seed else panel.seed
    by = direction_of(rig, scene)
    gestures = chosen(GestureSettings, lambda name: given[name] if name in given else by.value(name))
    settings = dataclasses.replace(
        performed,
        seed=seed,
        # A body that stands cannot sit for two seconds.
        gestures=GestureSettings(**{**gestures, "posture": performed.gestures.posture}),
        words=_words(context, take, performed),
        body=given["body"].lower() if "body" in given else body_for(performed.body),
        device=preferences().device.lower(),
    )
    audio, span = take.meta["audio"], take.meta["range"]
    speech = take.meta.get("speech") or take.name
    order = RegenerateJob(
        AudioRange(audio["path"], float(span[0]), float(span[1]), **heard_in(take.meta)),
        settings,
        str(new_output(speech)),
        keep=str(kept.file_of(take, performances.places())),
        ranges=(part,),
        joints=joints,
    )
    return PartJob(
        order=order,
        title=f"{take.name}, frames {first:g} to {last:g}",
        scene_uid=scene.session_uid,
        object_uid=anchor(rig).session_uid,
        object_name=anchor(rig).name,
        first_frame=take.first_frame,
        take_name=given.get("take_name", ""),
        interpolation=panel.interpolation,
        take=take.id,
        joints=joints,
    )


def _words(context: Any, take: Take, performed: AnimateSettings) -> WordSettings:
    """Return the words in the Sequencer along the take, where an artist may have corrected them; else as performed."""
    from ..rigs.strips import scene_fps
    from .word_request import words_in_sequencer

    fps = scene_fps(context.scene)
    found = words_in_sequencer(context, take.first_frame, fps, (take.last_frame - take.first_frame) / fps)
    if not found:
        return performed.words
    return WordSettings(language=performed.words.language, timed=tuple(word.to_row() for word in found))


def _toggled(part: Any, given: dict[str, Any]) -> tuple[str, ...]:
    """Return the joints of the parts that are switched on; a script that names one switches on those it names only."""
    named = {name: given[name] for name in PART_TEXTS if name in given}
    chosen = [name for name in PART_TEXTS if named.get(name, not named and getattr(part, name))]
    if not chosen:
        raise SoliloquyError("No part of the body is chosen.", "Switch on an arm, the hands or the spine.")
    return read_joints(",".join(chosen))


@with_settings(AnimateSettings, only=("body",))
@with_settings(GestureSettings, without=("posture",))
class SOLILOQUY_OT_regenerate(OrdersTakes, OnTake, bpy.types.Operator):
    """Make a part of the take that plays anew, as a new take: the frames of the preview range, the chosen joints"""

    bl_idname = "soliloquy.regenerate"
    bl_label = "Regenerate Part"
    bl_options = {"REGISTER"}

    first: FloatProperty(name="Start", description="First frame; not given: the preview range's, or the panel's")
    last: FloatProperty(name="End", description="Last frame; not given: the preview range's, or the panel's")
    left_arm: _toggle("left_arm")
    right_arm: _toggle("right_arm")
    hands: _toggle("hands")
    spine: _toggle("spine")
    joints: StringProperty(
        name="Joints", description=f"Instead of the switches: {', '.join(PARTS)}, or names of SMPL-X joints"
    )
    seed: setting_property(AnimateSettings, "seed", description="Not given: one that the take was not made with")
    take_name: StringProperty(name="Name", description="Name of the new take; empty: after the old one")

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not; looked up at most once a second."""
        return session.unavailable_reason() or takes_reason(context) or _take_reason(context)

    @classmethod
    def call_reason(cls, context: Any) -> str:
        """Return why there is no runtime or no take; which take is meant, a script may say in the call."""
        return session.unavailable_reason() or takes_reason(context)

    def orders(self, context: Any) -> list[PartJob]:
        """Return the order for the new take."""
        return [build(context, *meant(context, self.take), passed(self))]


def _take_reason(context: Any) -> str:
    """Return why no part of the take that plays can be made anew, empty when it can."""
    from ..rigs.takes.take import active_take

    rig = seen(context).rig
    take = active_take(rig) if rig is not None else None
    if rig is None or take is None:
        return "No take of the character plays. Choose one in the list."
    now = time.monotonic()
    moment, reason = _looked.get(take.id, (-_LOOK_SECONDS, ""))
    if now - moment >= _LOOK_SECONDS:
        found = problem(rig, take)
        reason = "" if found is None else str(found)
        _looked.clear()
        _looked[take.id] = (now, reason)
    return reason


CLASSES = (SOLILOQUY_OT_regenerate,)
