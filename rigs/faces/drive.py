"""What a face that is more than a sum of coefficients must offer so that takes can be baked onto it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from ...inference.performance import Performance
    from ..mappings.register import FaceFound, SkeletonFound
    from ..rest_frame import RestFrame
    from ..rig_parts import RigJoint, RigKey
    from ..takes.channels import Channel


@dataclass(frozen=True, eq=False)
class FaceParts:
    """What a drive may be made of."""

    armature: Any
    """The armature object, or None."""
    meshes: list[Any]
    """Every mesh object that belongs to the character."""
    skeleton: SkeletonFound | None
    face: FaceFound | None
    joints: Mapping[str, RigJoint]
    keys: tuple[RigKey, ...]
    """Shape keys that show sums of coefficients, which no drive has to take care of."""
    frame: RestFrame
    drives: tuple[Drive, ...] = ()
    """What was found already to animate parts of the face."""


class Drive(Protocol):
    """Animates a part of a face: solves visemes, fits components, turns bones."""

    @property
    def title(self) -> str:
        """What it is, for people, without an article: ``"visemes (Oculus) 15/15"``."""
        ...

    @property
    def joints(self) -> frozenset[str]:
        """SMPL-X joints that must not turn their bone because this drive shows what they do."""
        ...

    @property
    def coefficients(self) -> frozenset[str]:
        """ARKit coefficients that it shows, be it approximately."""
        ...

    def channels(self, performance: Performance, region: str) -> list[Channel]:
        """Return the channels of one region, in the units of the properties they are written to."""
        ...
