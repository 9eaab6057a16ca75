"""Write the emotion heard in the speech as timeline markers or as keys, for the artist to go on with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import bpy
import numpy as np
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ..inference.emotion.affect import affect
from ..inference.errors import InternalFault, SoliloquyError
from ..inference.settings import AnimateSettings, AudioRange
from ..rigs.compat import PATH_OPTIONS
from ..rigs.takes.bake_options import BakeOptions
from . import jobs, session
from .choice import anchor, rig_of_session_uid, seen, speech_reason
from .emotion_properties import Directed, directing, direction_of
from .preferences import preferences
from .reason import Reasoned
from .setting_properties import passed, with_settings

TARGET_ITEMS = (
    ("MARKERS", "Markers", "Timeline markers such as 'angry 0.8'"),
    ("MIX", "Mix", "Keys on the sliders of the emotions"),
    ("AFFECT", "Valence-Arousal", "Keys on valence and arousal"),
)


@dataclass
class HearingJob(jobs.Job):
    """Speech that is being listened to."""

    undo_text: ClassVar[str] = "Write Heard Emotion"

    target: str
    first_frame: float
    object_uid: int = 0
    """Of the character whose direction it is; 0: of none."""

    def deliver(self) -> str:
        """Write what was heard as markers or keys."""
        from ..inference.emotion.track import read_emotion_track
        from ..rigs.emotion_markers import emotion_markers_between, write_markers
        from ..rigs.strips import scene_fps
        from ..rigs.takes.property_curves import write_keys
        from .emotion_request import affect_paths, weight_paths

        scene = self.scene
        if scene is None:
            raise SoliloquyError("The scene is gone, so what was heard could not be written.")
        by = direction_of(rig_of_session_uid(self.object_uid) if self.object_uid else None, scene)
        path = Path(self.order.output)
        rows = read_emotion_track(path)
        path.unlink(missing_ok=True)
        fps = scene_fps(scene)
        frames = self.first_frame + fps * np.array([row[0] for row in rows])
        if self.target == "MARKERS":
            for marker in emotion_markers_between(scene, float(frames[0]), float(frames[-1])):
                scene.timeline_markers.remove(marker)
            written = write_markers(scene, rows, self.first_frame, fps)
        elif self.target == "MIX":
            written = write_keys(by.owner, weight_paths(by), frames, np.array(rows)[:, 1:])
        else:
            written = write_keys(by.owner, affect_paths(by), frames, affect(np.array(rows)[:, 1:]))
        by.group.emotion_mode = self.target
        return f"Heard emotion: {written} {'markers' if self.target == 'MARKERS' else 'keys'}."

    def undelivered(self, error: Exception) -> SoliloquyError:
        """Return that nothing could be written."""
        return InternalFault(f"What was heard could not be written: {error}.", "Please report it.")


def listening() -> bool:
    """Return whether speech is being listened to."""
    from ..inference.orders.hear import HearJob

    return any(job.order.kind == HearJob.kind for job in jobs.running())


@with_settings(AudioRange)
@with_settings(BakeOptions, only=("first_frame",))
class SOLILOQUY_OT_hear_emotion(Reasoned, bpy.types.Operator):
    """Listen to the emotion in the speech and write it as keys or markers, for you to correct before you animate"""

    bl_idname = "soliloquy.hear_emotion"
    bl_label = "Write Heard Emotion"
    # What is heard arrives after the operator has ended: the undo step is pushed then.
    bl_options = {"REGISTER"}

    target: EnumProperty(name="As", description="What is written", items=TARGET_ITEMS)
    filepath: StringProperty(
        name="File",
        description="Sound file; not given: as in the panel",
        subtype="FILE_PATH",
        options=PATH_OPTIONS,
    )
    replace: BoolProperty(
        name="Replace",
        description="Replace the emotion markers or keys that are already along the speech",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return cls.call_reason(context) or speech_reason(context)

    @classmethod
    def call_reason(cls, context: Any) -> str:
        """Return why nothing can be listened to now; which speech is meant, a script may say in the call."""
        return session.unavailable_reason() or ("Already listening." if listening() else "")

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Start listening and return at once; asks first where emotion is written already."""
        try:
            there = not self.replace and _occupied(directing(context), self.target, *self._span(context))
        except SoliloquyError as error:
            return self._refuse(error)
        if there:
            self.replace = True
            return context.window_manager.invoke_props_dialog(self)
        return self._begin(context)[0]

    def draw(self, context: Any) -> None:
        """Draw the question."""
        what = "markers" if self.target == "MARKERS" else "keys"
        self.layout.label(text=f"The emotion {what} along the speech will be replaced.", icon="QUESTION")

    def execute(self, context: Any) -> set[str]:
        """Listen and wait for what is written; after the question in the panel, go on without waiting."""
        outcome, hearing = self._begin(context)
        if hearing is None or self.options.is_invoke:
            return outcome
        try:
            jobs.wait(hearing)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}

    def _span(self, context: Any) -> tuple[float, float]:
        from . import request

        _, first_frame, duration, _ = request.speech(context, passed(self))
        length = float("inf") if duration is None else duration * request.scene_fps(context.scene)
        return first_frame, first_frame + length

    def _begin(self, context: Any) -> tuple[set[str], HearingJob | None]:
        from ..inference.orders.hear import HearJob
        from . import request

        scene = context.scene
        try:
            audio, first_frame, _, title = request.speech(context, passed(self))
            if not self.replace and _occupied(directing(context), self.target, *self._span(context)):
                raise SoliloquyError("There is emotion along the speech already.", "Pass replace=True to replace it.")
            settings = AnimateSettings(fps=request.scene_fps(scene), device=preferences().device.lower())
            output = request.new_output(f"heard {title}", suffix=HearJob.suffix)
            order = HearJob(audio, settings, str(output))
            rig = seen(context).rig
            uid = 0 if rig is None else anchor(rig).session_uid
            hearing = HearingJob(order, title, scene.session_uid, self.target, first_frame, uid)
            return {"FINISHED"}, jobs.submit(hearing)
        except SoliloquyError as error:
            return self._refuse(error), None

    def _refuse(self, error: SoliloquyError) -> set[str]:
        session.set_error(error)
        self.report({"ERROR"}, str(error))
        return {"CANCELLED"}


def _occupied(by: Directed, target: str, first: float, last: float) -> bool:
    from ..rigs.emotion_markers import emotion_markers_between
    from ..rigs.takes.property_curves import keys_between
    from .emotion_request import affect_paths, weight_paths

    if target == "MARKERS":
        return bool(emotion_markers_between(by.scene, first, last))
    paths = weight_paths(by) if target == "MIX" else affect_paths(by)
    return keys_between(by.owner, paths, first, last) > 0


CLASSES = (SOLILOQUY_OT_hear_emotion,)
