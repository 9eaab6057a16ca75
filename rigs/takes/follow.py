"""Takes follow their sound strips: put where the strip lies, cut as it is cut, at its speed and the scene's frame rate.

Where a take belongs is computed from the strip every time, never added up, so that a strip that comes back brings its
take back exactly. The keys stay as they are: only the NLA strips that play them move. What a person moved by hand
stays moved by as much; where the edges or the speed of an NLA strip were changed by hand, the take stays where it is
until it is told to follow again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy

from ...inference.errors import BadAudio, SoliloquyError
from .. import compat, strip_identity, strips
from . import kept, nla, strip_link, strip_pieces
from .strip_link import Link, Piece

if TYPE_CHECKING:
    from ..rig import Rig
    from .take import Take

_FADED = ("lips", "upper_face", "eyes")
"""Regions that come to rest where a take is cut: a mouth cut open would stay open."""
_FADE_SECONDS = 0.12


@dataclass(frozen=True)
class Followed:
    """What following did."""

    moved: tuple[str, ...] = ()
    """Ids of the takes that were put elsewhere."""
    waiting: bool = False
    """Whether a take could not be put where it belongs for now, because it is open for editing."""


def link_take(
    rig: Rig,
    take: Take,
    strip: Any,
    strip_scene: Any,
    *,
    at: float,
    second: float,
    stop: float,
    scene: Any,
    shift: float = 0.0,
) -> bool:
    """Tie a take to a sound strip.

    Parameters
    ----------
    strip, strip_scene
        The sound strip and the scene whose Sequencer it is in.
    at : float
        Frame of the take's actions at which ``second`` of the sound file is heard.
    second, stop : float
        The stretch of the file that was animated.
    scene : bpy.types.Scene
        The scene in which the take plays.
    shift : float
        Frames by which the take was put elsewhere than the strip was, which it keeps.

    Returns
    -------
    bool
        False where the strip cannot keep an id.
    """
    known = strip_identity.identity(strip) or strip_identity.identify(strip, strip_scene)
    found = nla.tracks(rig, take.id)
    if not known or not found:
        return False
    sound = sound_file(strip)
    first, last = found[0].strip.action_frame_start, found[0].strip.action_frame_end
    fps, rate = strips.scene_fps(scene), strips.scene_fps(strip_scene)
    times = compat.strip_times(strip)
    whole = 0.0 if compat.retiming_frames(strip) else (times.content_end - times.content_start) / rate
    link = Link(known, strip.name, scene.name, at, second, fps, second, stop, first, last, whole, *sound)
    place = strip_pieces.shifted(_lie(found[0]), -shift)
    for action in nla.actions(found):
        strip_link.write(action, replace(link, pieces=place))
    return True


def link_like(rig: Rig, take: Take, other: Take) -> None:
    """Tie a take to the strip of another one that it was baked from anew, and put it where that belongs.

    A take of a strip at a changed speed stays without.
    """
    link, found = link_of(rig, other), nla.tracks(rig, take.id)
    lips = next((item for item in nla.tracks(rig, other.id) if not item.fix), None)
    if link is None or lips is None or not found:
        return
    scene = bpy.data.scenes.get(link.scene)
    fps = strips.scene_fps(scene) if scene is not None else link.fps
    old, new = _lie(lips), _lie(found[0])
    if abs(old[0].scale * link.fps - fps) > 1e-3 * fps:
        return
    shift = strip_pieces.shift_between(link.pieces, old) or 0.0
    made = replace(
        link, at=old[0].at(link.at), fps=fps, first=new[0].low, last=new[-1].high,
        pieces=strip_pieces.shifted(new, -shift),
    )  # fmt: skip
    for action in nla.actions(found):
        strip_link.write(action, made)
    follow([take.id])


def link_of(rig: Rig, take: Take) -> Link | None:
    """Return the tie of a take to its strip, None where it has none."""
    return next((strip_link.read(item.strip.action) for item in nla.tracks(rig, take.id)), None)


def sound_file(strip: Any) -> tuple[str, int, float]:
    """Return path, bytes and time of writing (seconds) of a strip's sound; size and time 0 where there is no file."""
    sound = strip.sound
    if sound is None:
        return "", 0, 0.0
    path = bpy.path.abspath(sound.filepath, library=sound.library)
    if sound.packed_file is not None:
        return path, int(sound.packed_file.size), 0.0
    try:
        state = Path(path).stat()
    except OSError:
        return path, 0, 0.0
    return path, state.st_size, state.st_mtime


def _heard(link: Link) -> list[strips.Heard]:
    """Return what the strips of a link let be heard, in frames of the take's scene; not those that play nothing."""
    scene = bpy.data.scenes.get(link.scene)
    found = []
    for strip, place in strip_identity.strips_with(link.strip, scene):
        try:
            item = strips.heard(strip, place, link.length)
        except BadAudio:
            continue
        found.append(replace(item, rate=item.rate * strips.scene_fps(scene or place) / strips.scene_fps(place)))
    return found


def wanted(link: Link) -> tuple[Piece, ...]:
    """Return where the take of a link belongs now; empty where its strip is gone, or plays nothing of the take."""
    return strip_pieces.wanted(link, _heard(link))


def follow(takes: Iterable[str] | None = None, *, again: bool = False, scenes: Iterable[str] | None = None) -> Followed:
    """Put takes where their strips are, on all characters of the file.

    Parameters
    ----------
    takes : iterable of str, optional
        Ids of the takes; all when missing.
    again : bool
        Also those whose NLA strips were changed by hand; what was moved by hand goes back too.
    scenes : iterable of str, optional
        Names of the scenes whose takes follow; all when missing.
    """
    places = None if scenes is None else set(scenes)
    chosen = None if takes is None else set(takes)
    moved, waiting = [], False
    for identity, tracks in _linked_tracks(chosen).items():
        link = next((strip_link.read(item.strip.action) for item in tracks if not item.fix), None)
        if link is None or (places is not None and link.scene in bpy.data.scenes and link.scene not in places):
            continue
        pieces = wanted(link)
        if not pieces or (strip_pieces.same(pieces, link.pieces) and not again):
            continue
        if not all(item.strip.action.is_editable and item.owner.is_editable for item in tracks):
            continue
        if any(item.owner.animation_data.use_tweak_mode for item in tracks):
            waiting = True
            continue
        if by_hand(link, tracks) and not again:
            continue
        _put(link, tracks, pieces, again=again)
        moved.append(identity)
    return Followed(tuple(moved), waiting)


def by_hand(link: Link, tracks: Iterable[nla.TakeTrack]) -> bool:
    """Tell whether a person changed edges or speed of a take's NLA strips; moving them as a whole is none of it."""
    return any(strip_pieces.shift_between(link.pieces, _lie(item)) is None for item in tracks if not item.fix)


def in_place(link: Link, tracks: Iterable[nla.TakeTrack]) -> bool:
    """Tell whether a take lies where its strip wants it, moved by hand or not."""
    return strip_pieces.same(wanted(link), link.pieces) and not by_hand(link, tracks)


def _lie(item: nla.TakeTrack) -> tuple[Piece, ...]:
    """Return where a track's strips lie."""
    return tuple(
        Piece(
            strip.action_frame_start,
            strip.action_frame_end,
            strip.frame_start,
            (strip.frame_end - strip.frame_start) / max(strip.action_frame_end - strip.action_frame_start, 1e-3),
        )
        for strip in item.pieces
    )


def _linked_tracks(takes: set[str] | None) -> dict[str, list[nla.TakeTrack]]:
    """Return the tracks of takes that have a link, layers of hand-made keys included, of every data block."""
    found: dict[str, list[nla.TakeTrack]] = {}
    linked: set[str] = set()
    for owner in (*bpy.data.objects, *bpy.data.shape_keys):
        data = owner.animation_data
        if data is None or not len(data.nla_tracks):
            continue
        for item in nla.owner_tracks(owner):
            identity = item.info["take"]
            if takes is None or identity in takes:
                found.setdefault(identity, []).append(item)
                if strip_link.PROPERTY in item.strip.action:
                    linked.add(identity)
    return {identity: tracks for identity, tracks in found.items() if identity in linked}


def _put(link: Link, tracks: list[nla.TakeTrack], pieces: tuple[Piece, ...], *, again: bool) -> None:
    """Place a take's NLA strips and remember where."""
    for item in tracks:
        if item.fix:
            _place(item, _of_fix(item, link, pieces))
            continue
        shift = 0.0 if again else strip_pieces.shift_between(link.pieces, _lie(item)) or 0.0
        _place(item, strip_pieces.shifted(pieces, shift))
        if item.region in _FADED:
            _fade(item, link)
    for action in nla.actions([item for item in tracks if not item.fix]):
        strip_link.write(action, replace(link, pieces=pieces))
    for owner in {item.owner.as_pointer(): item.owner for item in tracks}.values():
        nla.arrange_owner(owner)


def _place(item: nla.TakeTrack, pieces: tuple[Piece, ...]) -> None:
    """Let a track play pieces of its action, with as many strips."""
    if not pieces or strip_pieces.same(_lie(item), pieces):
        return
    track, first = item.track, item.strip
    for strip in item.pieces[1:]:
        track.strips.remove(strip)
    nla.place(first, pieces[0].low, pieces[0].high, pieces[0].start, pieces[0].scale)
    for piece in pieces[1:]:
        nla.place(nla.add_piece(track, first), piece.low, piece.high, piece.start, piece.scale)


def _fade(item: nla.TakeTrack, link: Link) -> None:
    """Let a face come to rest where its take is cut."""
    for strip in item.pieces:
        length = strip.frame_end - strip.frame_start
        frames = min(_FADE_SECONDS * link.fps * strip.scale, 0.4 * length)
        strip.blend_in = frames if strip.action_frame_start > link.first + 0.1 else 0.0
        strip.blend_out = frames if strip.action_frame_end < link.last - 0.1 else 0.0


def _of_fix(item: nla.TakeTrack, link: Link, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Return where a layer of hand-made keys goes, which lies in scene frames of when the keys were set."""
    action = item.strip.action
    then = strip_link.read(action)
    if then is None:
        lie = _lie(item)
        # The layer may have been moved by hand with its take.
        below = strip_pieces.shifted(link.pieces, lie[0].low - lie[0].start)
        then = replace(link, first=lie[0].low, last=lie[-1].high, pieces=below)
        strip_link.write(action, then)
    return strip_pieces.carried(then.pieces, pieces, then.first, then.last)


def why_stale(link: Link, sha256: str = "") -> SoliloquyError | None:
    """Return why a take is not what its strip says now and has to be animated again, None when it need not.

    Parameters
    ----------
    sha256 : str
        Hash of the sound file that was animated, where it is known.
    """
    scene = bpy.data.scenes.get(link.scene)
    found = strip_identity.strips_with(link.strip, scene)
    for strip, _ in found:
        if not _same_sound(strip, link, sha256):
            return BadAudio(f"'{strip.name}' plays another sound than the take was made from.", "Animate it again.")
    for strip, place in found:
        try:
            item = strips.heard(strip, place, link.length)
        except BadAudio as error:
            return error
        edge = 1.5 / strips.scene_fps(place)
        if item.start < link.start - edge or item.stop > link.stop + edge:
            return BadAudio(f"'{strip.name}' plays more of its sound than was animated.", "Animate it again.")
    if found and not wanted(link):
        return BadAudio(f"'{found[0][0].name}' plays nothing of what was animated.", "Animate it again.")
    return None


def _same_sound(strip: Any, link: Link, sha256: str) -> bool:
    """Tell whether a strip still plays the file of a link; the file itself is read only where nothing else tells."""
    path, size, modified = sound_file(strip)
    if not path:
        return False
    if not size or not link.size:
        return True  # a file that is missing is another matter
    if size != link.size:
        return False
    if not modified or not sha256 or (path == link.path and abs(modified - link.modified) < 1.0):
        return True
    try:
        return kept.sha256_of(Path(path)) == sha256
    except SoliloquyError:
        return True
