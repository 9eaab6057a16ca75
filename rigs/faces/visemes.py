"""Faces that speak in visemes: a mix of a mesh's own mouths, frame by frame, that does what the performed lips do.

What each mouth does is measured on the mesh, so that it does not matter how an artist sculpted it. Which mouths are
likely the sound says, where the performance tells what was heard; else tongue and lips. How far the lips part follows
the performed lips; where those are shut, every key that parts them is at rest, but for f and v that are heard. Blinks,
gazes and emotions that such faces have as whole expressions go with it; a key of several expressions takes the sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np
import numpy.typing as npt

from ..mappings.convention import EMOTIONS, GAZES, VISEMES, VOWELS, FaceKind, KeyPose
from ..takes.channels import Channel, Target
from .bounded_mix import bounded_mix
from .drive import FaceParts
from .expression_rules import IN_SPEECH, in_turn, left_for_blinks, speaking
from .face_frame import face_frame
from .face_signals import signal
from .heard_visemes import heard_shares
from .key_shapes import key_shape, rest_points
from .lip_targets import SHUT, alike, lip_measures, measure_units, parted, viseme_measures
from .mouth import MEASURES, Mouth, find_mouth

if TYPE_CHECKING:
    from ...inference.performance import Performance

Doubles = npt.NDArray[np.float64]
Place = tuple[int, str]

_MOUTH_ROLES = frozenset({*VISEMES, "smile", "frown"})
_EYES = ("left_eye_smplhf", "right_eye_smplhf")
_PRESSED = 0.1
"""Coefficients of pressed lips together from which on lips are shut to say p, b or m, and not at rest."""
_WEIGHTS = dict(zip(MEASURES, (3.0, 1.0, 0.8, 0.5, 0.25), strict=True))
"""How much each measure counts, in units of what visemes do."""
_DOUBT = {**dict.fromkeys(VISEMES, 0.25), **dict.fromkeys(VOWELS, 0.03), "TH": 0.8, "FF": 0.06, "CH": 0.06, "SS": 0.06}
"""What a viseme costs: consonants are formed by the tongue, which lips do not tell."""
_DOUBT_HEARD = {**dict.fromkeys(VISEMES, 0.4), **dict.fromkeys(VOWELS, 0.05)}
"""What it costs to show another viseme than what the voice says."""
_BITTEN, _BITTEN_PARTS = 0.8, 0.08
"""How much f and v show at least where they are heard; the share of the widest vowel that this may open the lips."""
_HALF = 0.5
"""Weight from which on an expression shows whole that is there or not."""
_SMOOTH = (0.25, 0.5, 0.25)
_LEAST_LIMIT = 0.15
_PRESSED_PARTS = 0.01
"""Share of the mouth's width by which pressed lips may part anywhere, or lie in each other in the middle."""
_PARTS_LIPS = 0.005
"""Share of the mouth's width by which an emotion's own keys may part the lips."""


@dataclass(frozen=True, eq=False)
class Visemes:
    """A face of visemes, see :class:`~.drive.Drive`."""

    parts: FaceParts
    poses: tuple[KeyPose, ...]
    kind: FaceKind

    @property
    def title(self) -> str:
        """Which mouths, and how many of those that the convention has."""
        whole = {role for role in self.kind.poses.values() if role in VISEMES} or set(VOWELS)
        shown = sum(pose.role in VISEMES for pose in self.poses)
        name = self.kind.title.removesuffix(" face") + (" mouths" if self.kind.title.endswith(" face") else "")
        return f"{name} {shown}/{len(whole)}"

    @property
    def keys_of_meshes(self) -> dict[str, dict[str, dict[str, float]]]:
        """Mesh -> key -> viseme or expression -> value of the key where that shows whole."""
        found: dict[str, dict[str, dict[str, float]]] = {}
        for pose in self.poses:
            for mesh, name, weight in pose.parts:
                found.setdefault(mesh.name, {}).setdefault(name, {})[pose.role] = weight
        return found

    @property
    def lacks(self) -> dict[str, str]:
        """What neither these expressions nor other keys show: brows, lids."""
        shown = {name for key in self.parts.keys for name, _ in key.shows.mix} | self.coefficients
        meshes = list(self.keys_of_meshes)
        if not meshes or shown & {"eyeBlinkLeft", "browInnerUp", "browDownLeft", "browOuterUpLeft"}:
            return {}
        said = f"'{meshes[0]}' has mouths for speech, but no key for lids or brows; they are left alone."
        return {"upper_face": said}

    @cached_property
    def joints(self) -> frozenset[str]:
        """The jaw, which the mouths move; and the eyes where keys turn them."""
        return frozenset({"jaw", *(_EYES if self._roles & set(GAZES) else ())})

    @cached_property
    def coefficients(self) -> frozenset[str]:
        """ARKit coefficients that it shows, be it approximately."""
        shown = {"jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthStretchLeft", "mouthStretchRight"}
        for side in ("Left", "Right"):
            if self._roles & {"blink", f"blink{side}"}:
                shown.add(f"eyeBlink{side}")
            if self._roles & set(GAZES):
                shown.update(f"eyeLook{way}{side}" for way in ("Up", "Down", "In", "Out"))
        return frozenset(shown)

    def channels(self, performance: Performance, region: str) -> list[Channel]:
        """Return the channels of one region: mouths with the lips, lids and gazes with the eyes, others above."""
        mine = {place: mix for place, mix in self._mixes.items() if self._region(mix) == region}
        if not mine:
            return []
        roles = {role for mix in mine.values() for role, _ in mix}
        shown = self._mouths(performance) if region == "lips" else {}
        felt = self._felt(performance) if region != "lips" else {}
        rules = [(pose.blink, felt[pose.role]) for pose in self.poses if pose.role in felt]
        left = left_for_blinks(rules, performance.frames)
        for pose in self.poses:
            if pose.role in roles and pose.role not in shown:
                shown[pose.role] = felt.get(pose.role, signal(performance, pose.role, pose.reach))
                if pose.role.startswith("blink"):
                    shown[pose.role] = left * shown[pose.role]
                if pose.binary and pose.role not in _MOUTH_ROLES:
                    shown[pose.role] = (shown[pose.role] > _HALF).astype(np.float64)
        grouped: dict[tuple[tuple[str, float], ...], list[Target]] = {}
        ranges: dict[tuple[tuple[str, float], ...], float] = {}
        for place, mix in mine.items():
            target, block = self._targets[place]
            grouped.setdefault(mix, []).append(target)
            ranges[mix] = min(ranges.get(mix, np.inf), block.slider_max)
        found = []
        for mix, targets in grouped.items():
            total = sum((weight * shown[role] for role, weight in mix), np.zeros(performance.frames))
            if len(mix) > 1:  # more than one expression at once may ask for more than there is
                total = np.minimum(total, max(ranges[mix], max(weight for _, weight in mix)))
            found.append(Channel("coefficient", total[:, None], targets))
        return found

    @cached_property
    def _roles(self) -> set[str]:
        return {pose.role for pose in self.poses}

    @cached_property
    def role_keys(self) -> dict[str, list[tuple[Any, float]]]:
        """Viseme or expression -> its key blocks and their values where it shows whole; those that show nothing not."""
        every = {
            pose.role: [
                (self._targets[mesh.data.shape_keys.as_pointer(), name][1], weight)
                for mesh, name, weight in pose.parts
                if abs(weight) > 1e-6
            ]
            for pose in self.poses
        }
        return {role: keys for role, keys in every.items() if keys}

    @property
    def openings(self) -> dict[str, float]:
        """Mouth -> metres by which it parts the lips, in the default character's terms."""
        return {role: float(measured[0]) for role, measured in self._measures.items()}

    @cached_property
    def _targets(self) -> dict[Place, tuple[Target, Any]]:
        found = {}
        for pose in self.poses:
            for mesh, name, _ in pose.parts:
                keys = mesh.data.shape_keys
                path = f'key_blocks["{bpy.utils.escape_identifier(name)}"].value'
                found[keys.as_pointer(), name] = Target(keys, path, "Shape Keys"), keys.key_blocks[name]
        return found

    @cached_property
    def _mixes(self) -> dict[Place, tuple[tuple[str, float], ...]]:
        """Key -> roles that it takes part in, with its value where they show whole.

        A key of the mouth takes no part in emotions: they would part lips that are to be shut.
        """
        mixes: dict[Place, dict[str, float]] = {}
        for pose in self.poses:
            for mesh, name, weight in pose.parts:
                roles = mixes.setdefault((mesh.data.shape_keys.as_pointer(), name), {})
                roles[pose.role] = roles.get(pose.role, 0.0) + weight
        found = {}
        for place, roles in mixes.items():
            mouth = {role: weight for role, weight in roles.items() if role in _MOUTH_ROLES and role != "sil"}
            kept = mouth or {role: weight for role, weight in roles.items() if role != "sil"}
            if kept:
                found[place] = tuple(kept.items())
        return found

    @staticmethod
    def _region(mix: tuple[tuple[str, float], ...]) -> str:
        roles = {role for role, _ in mix}
        if roles & _MOUTH_ROLES:
            return "lips"
        return "eyes" if any(role.startswith(("blink", "look")) for role in roles) else "upper_face"

    @cached_property
    def mouth(self) -> Mouth | None:
        """The mouth that lies frontmost among the meshes with visemes, measured by the viseme that opens it most."""
        found = []
        opening = next((pose for role in ("aa", "O", "E", "I") for pose in self.poses if pose.role == role), None)
        if opening is None:
            return None
        for mesh in dict.fromkeys(mesh for mesh, _, _ in opening.parts):
            moved, points = self._moved(opening, mesh), rest_points(mesh)
            frame = face_frame(mesh, moved, points, self.parts.armature, self.parts.joints, self.parts.frame)
            mouth = find_mouth(mesh, points, moved, frame)
            if mouth is not None:
                found.append(mouth)
        return max(found, key=lambda mouth: mouth.front, default=None)

    @staticmethod
    def _moved(pose: KeyPose, mesh: Any, points: npt.NDArray[np.int64] | None = None) -> Doubles:
        """Return (V, 3) what a pose adds to a mesh, at some points of it or at all."""
        return sum(
            (weight * key_shape(mesh, name, points) for other, name, weight in pose.parts if other == mesh),
            np.zeros((len(mesh.data.vertices), 3)),
        )

    @cached_property
    def _speaking(self) -> list[KeyPose]:
        return [pose for pose in self.poses if pose.role in _MOUTH_ROLES and pose.role != "sil"]

    @cached_property
    def _measures(self) -> dict[str, Doubles]:
        """Role -> (5,) measures of a mouth, as those of the default character's visemes."""
        known, mouth = viseme_measures(), self.mouth
        if mouth is None:
            return {pose.role: known.get(pose.role, np.zeros(len(MEASURES))) for pose in self._speaking}
        own = {pose.role: mouth.measures(self._moved(pose, mouth.mesh, mouth.all_points)) for pose in self._speaking}
        return alike(own, known)

    def _felt(self, performance: Performance) -> dict[str, Doubles]:
        """Return emotion -> (T,) weight: those that would hide or part the speaking lips show whole in pauses."""
        found, speech = {}, None
        for pose in self.poses:
            if pose.role in EMOTIONS:
                weight, most = signal(performance, pose.role), self._limits.get(pose.role, 1.0)
                if most < 1.0 and weight.any():
                    speech = speaking(performance) if speech is None else speech
                    weight = in_turn(weight, most, speech)
                found[pose.role] = weight
        return found

    @cached_property
    def _limits(self) -> dict[str, float]:
        """Expression -> the most it shows in speech, so that it neither hides that nor parts the lips by itself."""
        limits = {}
        for pose in self.poses:
            limit = IN_SPEECH[pose.mouth]
            if self.mouth is not None and pose.role not in _MOUTH_ROLES:
                alone = tuple(p for p in pose.parts if self._is_no_mouth(p))
                apart = float(
                    self.mouth.gap(self._moved(KeyPose(pose.role, alone), self.mouth.mesh, self.mouth.all_points))
                )
                most = _PARTS_LIPS * self.mouth.width
                if apart > most:
                    limit = min(limit, most / apart) if most / apart > _LEAST_LIMIT else 0.0
            limits[pose.role] = limit
        return limits

    @cached_property
    def _most_pressed(self) -> float:
        """The most that pressed lips show: some keys part the lips at the corners, some push them into each other."""
        pose = next((pose for pose in self._speaking if pose.role == "PP"), None)
        if self.mouth is None or pose is None:
            return 1.0
        moved, play = self._moved(pose, self.mouth.mesh, self.mouth.all_points), _PRESSED_PARTS * self.mouth.width
        over = -float(self.mouth.gap(moved))
        apart = self.mouth.rest[self.mouth.middle]
        open_at_rest = max(0.0, float((apart[:, 0, 1] - apart[:, 1, 1]).mean()))
        return float(min(1.0, play / max(self.mouth.widest(moved), 1e-9), (open_at_rest + play) / max(over, 1e-9)))

    def _is_no_mouth(self, part: tuple[Any, str, float]) -> bool:
        mix = self._mixes.get((part[0].data.shape_keys.as_pointer(), part[1]), ())
        return not any(role in _MOUTH_ROLES for role, _ in mix)

    def _mouths(self, performance: Performance) -> dict[str, Doubles]:
        """Return role -> (T,) share of every mouth."""
        target = lip_measures(performance)
        gap = target[:, 0] = parted(target[:, 0])
        solved = [pose.role for pose in self._speaking if pose.role in VISEMES and pose.role != "PP"]
        extra = {pose.role: signal(performance, pose.role) for pose in self._speaking if pose.role not in VISEMES}
        measures = self._measures
        unit = measure_units()
        weight = np.array([_WEIGHTS[name] for name in MEASURES]) / unit
        shapes = np.array([measures[role] for role in solved]) * weight
        heard = heard_shares(performance, solved)
        expected = _seen(performance) if heard is None else heard
        likely = np.stack([expected.get(role, np.zeros(len(target))) for role in solved], axis=1)
        doubt = np.array([(_DOUBT if heard is None else _DOUBT_HEARD)[role] for role in solved])
        shares = _smooth(bounded_mix(shapes, target * weight, likely, doubt))
        opens = np.maximum([measures[role][0] for role in solved], 0.0)
        together = shares @ opens + sum(
            (s * max(measures[role][0], 0.0) for role, s in extra.items()), np.zeros(len(shares))
        )
        less = np.minimum(1.0, gap / np.maximum(together, 1e-9))
        quiet = np.where(opens > 0.01 * unit[0], less[:, None], 1.0)
        found = {role: shares[:, column] * quiet[:, column] for column, role in enumerate(solved)}
        if heard is not None and "FF" in heard:
            # A lip under the teeth hides behind them: f is shown where the performed lips touch.
            bite = min(_BITTEN, _BITTEN_PARTS * unit[0] / max(measures["FF"][0], 1e-9))
            found["FF"] = np.maximum(found["FF"], bite * heard["FF"])
        for role, values in extra.items():
            found[role] = values * (less if measures[role][0] > 0.01 * unit[0] else 1.0)
        if any(pose.role == "PP" for pose in self._speaking):
            others = sum(found.values(), np.zeros(len(gap)))  # a shut smile presses lips enough
            found["PP"] = self._most_pressed * _pressed(performance, gap) * np.maximum(1.0 - others, 0.0)
        return found


def _seen(performance: Performance) -> dict[str, Doubles]:
    """Return viseme -> (T,) how likely the face alone makes it, where nothing says what is heard."""
    bitten = performance.coefficient("mouthRollLower") - performance.coefficient("mouthRollUpper")
    return {
        "FF": np.clip((bitten.astype(np.float64) - 0.15) / 0.35, 0.0, 1.0),
        "TH": np.clip(2.0 * performance.coefficient("tongueOut").astype(np.float64), 0.0, 0.8),
    }


def _pressed(performance: Performance, gap: Doubles) -> Doubles:
    """Return (T,) how far lips are shut to say p, b or m."""
    names = ("mouthPressLeft", "mouthPressRight", "mouthClose", "mouthRollUpper")
    force = sum(performance.coefficient(name).astype(np.float64) for name in names)
    shut = np.clip(1.5 - gap / (5.0 * SHUT), 0.0, 1.0)
    return _smooth((np.clip(force / _PRESSED, 0.0, 1.0) * shut)[:, None])[:, 0]


def _smooth(values: Doubles) -> Doubles:
    """Return (T, K) values without single frames that stand out."""
    padded = np.pad(values, ((1, 1), (0, 0)), mode="edge")
    return sum((part * padded[n : n + len(values)] for n, part in enumerate(_SMOOTH)), np.zeros(values.shape))


def drive_of(parts: FaceParts) -> Visemes | None:
    """Return the drive of a face of visemes, None for every other face."""
    face = parts.face
    if face is None or not face.enough or not face.visemes:
        return None
    roles = {pose.role for pose in face.poses}
    eyes = any(joint in parts.joints for joint in _EYES)
    poses = []
    for pose in face.poses:
        doubled = pose.role == "blink" and {"blinkLeft", "blinkRight"} <= roles
        turned = pose.role in GAZES and eyes and pose.reach is None
        if not doubled and not turned:
            poses.append(pose)
    return Visemes(parts, tuple(poses), face.kind)
