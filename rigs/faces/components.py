"""Faces of FLAME and SMPL-X: the numbered components of expression are fitted to what a performance does to the skin.

The skin's movement at each ARKit coefficient is carried over from the default character; the components that come
nearest to it, within their usual bounds, are what is keyed. The jaw turns by its bone, lids have keys of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np

from ...inference.arkit import ARKIT_NAMES
from ..mappings.flame import COMPONENTS
from .component_fit import Fit, bounded, fit_of
from .drive import Drive, FaceParts

if TYPE_CHECKING:
    from ...inference.performance import Performance
    from ..rest_frame import RestFrame
    from ..rig_parts import RigJoint
    from ..takes.channels import Channel

COMPONENT_SPACE = "smplx"
_SAME_COMPONENTS = (COMPONENT_SPACE, "flame2020")
"""Spaces of expression whose components are the same: SMPL-X's head is FLAME's of 2020."""
_NOT_SHOWN = ("eyeBlink", "eyeLook", "tongue")


@dataclass(eq=False)
class Components:
    """The components of one mesh."""

    armature: Any
    mesh: Any
    keys: tuple[str, ...]
    """Names of the shape keys, in the order of the components."""
    head: str
    """The bone that carries the head, empty where none is known."""
    jaw: RigJoint | None
    frame: RestFrame
    remarks: list[str] = field(default_factory=list)
    """What a bake has to say about them, in sentences."""

    @property
    def title(self) -> str:
        """Number and kind."""
        return f"{len(self.keys)} components of expression"

    @property
    def lacks(self) -> dict[str, str]:
        """What no component shows: lids, where no key was added for them."""
        blocks = self.mesh.data.shape_keys.key_blocks
        if any(block.name.lower() == "eyeblinkleft" for block in blocks):
            return {}
        return {
            "upper_face": f"The {self.title} of '{self.mesh.name}' cannot shut its eyes. Press Add Face Shapes with "
            "Lids Only to add two keys that can."
        }

    @property
    def joints(self) -> frozenset[str]:
        """None: the jaw turns its bone."""
        return frozenset()

    @property
    def coefficients(self) -> frozenset[str]:
        """All but eyes, lids and tongue, as far as the components reach."""
        return frozenset(name for name in ARKIT_NAMES if not name.startswith(_NOT_SHOWN))

    def channels(self, performance: Performance, region: str) -> list[Channel]:
        """Return the channels of the components: all of them lie with the lips, for each moves all of a face."""
        if region != "lips":
            return []
        from ..takes.channels import Channel, Target

        self.remarks.clear()
        values = _performed(performance, len(self.keys))
        if values is None:
            fit = fit_of(self.armature, self.mesh, self.keys, self.head, self.jaw, self.frame)
            if fit is None:
                self.remarks.append(
                    f"No face could be made out on '{self.mesh.name}', so its {self.title} are left alone. Give its "
                    "keys ARKit's names, or turn the character so that it faces the front in its rest pose."
                )
                return []
            values = solve(fit, performance)
        owner = self.mesh.data.shape_keys
        return [
            Channel("coefficient", values[:, [index]], [Target(owner, _path(name), "Shape Keys")], widens=True)
            for index, name in enumerate(self.keys)
        ]


def _performed(performance: Performance, count: int) -> np.ndarray | None:
    """Return (T, count) components that came from a file or a take, None where a face is to be fitted."""
    given, meta = performance.expressions, performance.meta
    if given is None or performance.expression_space not in _SAME_COMPONENTS:
        return None
    if "imported" not in meta and "sampled_from_scene" not in meta:
        return None  # an engine's own, which layers and crafts were laid over since
    values = np.zeros((performance.frames, count))
    known = min(count, given.shape[1])
    values[:, :known] = given[:, :known]
    return values


def solve(fit: Fit, performance: Performance) -> np.ndarray:
    """Return (T, K) components for the coefficients of a performance."""
    goals = np.stack([performance.coefficient(name) for name in ARKIT_NAMES], axis=1).astype(np.float64)
    return bounded(fit, goals)


def shown_components(rig: Any) -> list[Any]:
    """Return the shape keys of a rig's components of expression, in their order; empty for other faces."""
    drive = next((drive for drive in rig.drives if isinstance(drive, Components)), None)
    return [] if drive is None else [drive.mesh.data.shape_keys.key_blocks[name] for name in drive.keys]


def _path(name: str) -> str:
    return f'key_blocks["{bpy.utils.escape_identifier(name)}"].value'


def drive_of(parts: FaceParts) -> Drive | None:
    """Return the drive of the mesh with most components; None where a face is of another kind."""
    face = parts.face
    if face is None or face.kind.name != COMPONENTS or not face.enough:
        return None
    mesh, shown = face.keys[0]
    keys = sorted((name for name, shows in shown.items() if not shows.mix), key=lambda name: int(name[3:]))
    head = next((parts.joints[joint].bone for joint in ("head", "neck") if joint in parts.joints), "")
    return Components(parts.armature, mesh, tuple(keys), head, parts.joints.get("jaw"), parts.frame)
