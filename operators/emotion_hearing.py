"""Write the emotion heard in the speech as timeline markers or as keys, for the artist to go on with."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ..inference.emotion.affect import affect
from ..inference.emotion.track import read_emotion_track
from ..inference.errors import InternalFault, SoliloquyError
from ..inference.settings import AnimateJob, AnimateSettings, AudioRange
from ..rigs.compat import PATH_OPTIONS
from ..rigs.emotion_markers import emotion_markers_between, write_markers
from ..rigs.takes.bake_options import BakeOptions
from ..rigs.takes.property_curves import keys_between, write_keys
from . import history, jobs, request, session
from .choice import speech_reason
from .emotion_request import affect_paths, weight_paths
from .preferences import preferences
from .setting_properties import passed, with_settings

if TYPE_CHECKING:
    from ..inference.worker.client import JobHandle

TARGET_ITEMS = (
    ("MARKERS", "Markers", "Timeline markers such as 'angry 0.8'"),
    ("MIX", "Mix", "Keys on the sliders of the emotions"),
    ("AFFECT", "Valence-Arousal", "Keys on valence and arousal"),
)


@dataclass
class _Hearing:
    """Speech that is being listened to."""

    handle: JobHandle
    scene_uid: int
    target: str
    first_frame: float
    error: SoliloquyError | None = None
    written: int = 0


_hearing: list[_Hearing] = []


def running() -> bool:
    """Return whether speech is being listened to."""
    return bool(_hearing)


def cancel_all() -> None:
    """Stop listening."""
    client = session.current_client()
    for hearing in _hearing:
        if client is not None:
            client.cancel(hearing.handle)


def unregister() -> None:
    """Forget what is being listened to."""
    _hearing.clear()


@with_settings(AudioRange)
@with_settings(BakeOptions, only=("first_frame",))
class SOLILOQUY_OT_hear_emotion(bpy.types.Operator):
    """Listen to the emotion in the speech, and write it down to be edited"""

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
        name="Replace", description="Replace the emotion markers or keys that are already along the speech"
    )

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        status = session.runtime_status()
        if not status.ok:
            return f"{status.message} See Setup."
        return "Listening." if running() else speech_reason(context)

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Enabled once there is a runtime and nothing is being listened to."""
        status = session.runtime_status()
        cls.poll_message_set("Already listening." if running() else status.message)
        return status.ok and not running()

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Start listening and return at once; asks first where emotion is written already."""
        try:
            there = not self.replace and _occupied(context.scene, self.target, *self._span(context))
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
        while hearing in _hearing:
            session.tick()
            watch()
            time.sleep(0.01)
        return self._refuse(hearing.error) if hearing.error is not None else {"FINISHED"}

    def _span(self, context: Any) -> tuple[float, float]:
        _, first_frame, duration, _ = request.speech(context, passed(self))
        length = float("inf") if duration is None else duration * request.scene_fps(context.scene)
        return first_frame, first_frame + length

    def _begin(self, context: Any) -> tuple[set[str], _Hearing | None]:
        scene = context.scene
        try:
            audio, first_frame, _, _ = request.speech(context, passed(self))
            if not self.replace and _occupied(scene, self.target, *self._span(context)):
                raise SoliloquyError("There is emotion along the speech already.", "Pass replace=True to replace it.")
            settings = AnimateSettings(fps=request.scene_fps(scene), device=preferences().device.lower())
            output = session.data_folder("performances") / f"heard-{time.strftime('%Y%m%d-%H%M%S')}.json"
            session.set_error(None)
            session.set_notice("")
            handle = session.get_client().submit(AnimateJob(audio, settings, str(output)), kind="hear")
        except SoliloquyError as error:
            return self._refuse(error), None
        hearing = _Hearing(handle, scene.session_uid, self.target, first_frame)
        _hearing.append(hearing)
        session.add_ticker(watch)
        return {"FINISHED"}, hearing

    def _refuse(self, error: SoliloquyError) -> set[str]:
        session.set_error(error)
        self.report({"ERROR"}, str(error))
        return {"CANCELLED"}


def watch() -> float | None:
    """Look at what is being listened to; the session's timer calls this."""
    for hearing in list(_hearing):
        if hearing.handle.finished and not jobs.modal_edit_runs():
            _finish(hearing)
            _hearing.remove(hearing)
            session.redraw()
    return session.BUSY_INTERVAL if _hearing else None


def _finish(hearing: _Hearing) -> None:
    try:
        hearing.handle.raise_if_failed()
        _write(hearing)
    except SoliloquyError as error:
        hearing.error = error
    except Exception as error:
        traceback.print_exc()
        hearing.error = InternalFault(f"What was heard could not be written: {error}.")
    if hearing.error is None:
        what = "markers" if hearing.target == "MARKERS" else "keys"
        session.set_notice(" ".join((f"Heard emotion: {hearing.written} {what}.", *hearing.handle.notes)))
    elif hearing.error.kind == "cancelled":
        session.set_notice("Cancelled.")
    else:
        session.set_error(hearing.error)


def _write(hearing: _Hearing) -> None:
    scene = next((item for item in bpy.data.scenes if item.session_uid == hearing.scene_uid), None)
    if scene is None:
        raise SoliloquyError("The scene is gone, so what was heard could not be written.")
    path = Path(hearing.handle.output)
    rows = read_emotion_track(path)
    path.unlink(missing_ok=True)
    fps = request.scene_fps(scene)
    frames = hearing.first_frame + fps * np.array([row[0] for row in rows])
    panel = scene.soliloquy
    if hearing.target == "MARKERS":
        for marker in emotion_markers_between(scene, float(frames[0]), float(frames[-1])):
            scene.timeline_markers.remove(marker)
        hearing.written = write_markers(scene, rows, hearing.first_frame, fps)
    elif hearing.target == "MIX":
        hearing.written = write_keys(scene, weight_paths(), frames, np.array(rows)[:, 1:])
    else:
        hearing.written = write_keys(scene, affect_paths(), frames, affect(np.array(rows)[:, 1:]))
    panel.emotion_mode = hearing.target
    history.push("Write Heard Emotion")


def _occupied(scene: Any, target: str, first: float, last: float) -> bool:
    if target == "MARKERS":
        return bool(emotion_markers_between(scene, first, last))
    paths = weight_paths() if target == "MIX" else affect_paths()
    return keys_between(scene, paths, first, last) > 0


CLASSES = (SOLILOQUY_OT_hear_emotion,)
