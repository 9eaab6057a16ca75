"""The sound strip that a take speaks: which one is meant, and what a job remembers of it until the take is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..inference.errors import SoliloquyError

if TYPE_CHECKING:
    from ..inference.settings import AudioRange
    from ..rigs.rig import Rig
    from ..rigs.takes.take import Take


@dataclass(frozen=True)
class Spoken:
    """A strip, found again by its id, and the stretch of its sound that is animated."""

    strip: str
    """Id of the strip."""
    at: float
    """Scene frame at which ``second`` is heard, as ordered."""
    second: float
    stop: float
    """Seconds of the file that are animated."""
    shift: float = 0.0
    """Frames by which the script wanted the take elsewhere than the strip is."""


def meant(context: Any, name: str = "") -> Any:
    """Return the sound strip that is meant: the one of this name, else the one that is chosen in the Sequencer.

    Raises
    ------
    SoliloquyError
        When there is none.
    """
    from ..rigs.compat import sequencer_scene
    from ..rigs.strips import sound_strip, sound_strips, why_no_strip

    if name:
        found = next((strip for strip in sound_strips(sequencer_scene(context)) if strip.name == name), None)
        if found is None:
            raise SoliloquyError(f"There is no sound strip '{name}' in the Sequencer.", "Check the name of the strip.")
        return found
    strip = sound_strip(context)
    if strip is None:
        raise SoliloquyError("No sound strip is selected.", why_no_strip(context))
    return strip


def spoken(context: Any, name: str, audio: AudioRange, first_frame: float) -> Spoken | None:
    """Return what a job is to remember of the strip that is meant, None where the strip cannot keep an id.

    Parameters
    ----------
    audio : AudioRange
        What the strip plays.
    first_frame : float
        Scene frame at which it begins, or a script wants it to.
    """
    from ..rigs.compat import sequencer_scene
    from ..rigs.strip_identity import identify
    from ..rigs.strips import heard

    strip, scene = meant(context, name), sequencer_scene(context)
    known = identify(strip, scene)
    if not known or audio.stop is None:
        return None
    return Spoken(known, first_frame, audio.start, audio.stop, first_frame - heard(strip, scene).first_frame)


def tie(rig: Rig, take: Take, spoken: Spoken, scene: Any) -> Any:
    """Tie a take that has just been baked to its strip, and put it where that is by now; returns the strip or None."""
    from ..rigs.strip_identity import strips_with
    from ..rigs.takes import follow

    for strip, place in strips_with(spoken.strip, scene)[:1]:
        made = {"at": spoken.at, "second": spoken.second, "stop": spoken.stop, "shift": spoken.shift}
        follow.link_take(rig, take, strip, place, scene=scene, **made)
        follow.follow([take.id], scenes=following_scenes())
        return strip
    return None


def catch_up() -> None:
    """Put takes where their strips are: one that shared a strip's id with this one ends where the new take begins."""
    from ..rigs.takes import follow

    follow.follow(scenes=following_scenes())


def tie_to_added(rig: Rig, take: Take, strip: Any, scene: Any) -> None:
    """Tie a take to the strip of its sound file that was put into the Sequencer with it."""
    from ..rigs.strip_identity import identify
    from ..rigs.strips import heard
    from ..rigs.takes import follow

    identify(strip, scene)
    span = heard(strip, scene)
    follow.link_take(
        rig, take, strip, scene, at=span.first_frame, second=span.start, stop=span.stop, scene=scene
    )  # fmt: skip


def following_scenes() -> list[str]:
    """Return the names of the scenes whose takes follow their strips."""
    import bpy

    return [scene.name for scene in bpy.data.scenes if scene.soliloquy.follow_strips]
