"""How a performance becomes keys: what an artist chooses, and how closely the keys follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ...inference.arkit import REGIONS
from ...inference.setting import Choice, Settings, setting, settings_of
from ...inference.settings import AnimateSettings

_LAST_FRAME = 1_048_574
"""The last frame that Blender has."""
_INTERPOLATIONS = (
    Choice("BEZIER", text="Few keys with handles: pleasant to edit"),
    Choice("LINEAR", text="Straight lines between keys"),
)


@dataclass(frozen=True)
class Tolerance:
    """Largest deviation that dropping keys may cause at any frame of the performance; 0 keys every frame."""

    radians: float = 0.002
    coefficient: float = 0.005
    metres: float = 0.0005

    def scaled(self, factor: float) -> Tolerance:
        """Return the tolerance times a factor."""
        return Tolerance(self.radians * factor, self.coefficient * factor, self.metres * factor)


DEFAULT_TOLERANCES: dict[str, Tolerance] = {
    "lips": Tolerance(radians=0.001, coefficient=0.003),
    "upper_face": Tolerance(),
    "eyes": Tolerance(radians=0.003, coefficient=0.005),
    "head": Tolerance(radians=0.001),
    "body": Tolerance(radians=0.002),
    "hands": Tolerance(radians=0.004),
}
"""Per region: the lips are read closely, a finger is not; 0.002 rad move a stretched arm's hand by about 1 mm."""


@dataclass(frozen=True)
class BakeOptions(Settings):
    """How a performance becomes keys."""

    about: ClassVar[str] = "setting of the bake"

    first_frame: float = setting(
        1.0, "First Frame", "Frame at which the speech starts; may lie between frames, as a sound strip's start does",
        low=-_LAST_FRAME, high=_LAST_FRAME,
    )  # fmt: skip
    regions: tuple[str, ...] = setting(
        REGIONS, "Regions", "What gets keys; the rest keeps those it has", noun="region",
        names=settings_of(AnimateSettings)["regions"].names,
    )  # fmt: skip
    interpolation: str = setting(
        "BEZIER", "Keys", "How the keys are joined", noun="interpolation", names=_INTERPOLATIONS
    )
    tolerance: Tolerance | Mapping[str, Tolerance] | float | None = None
    """One tolerance for all regions, one per region, a factor on the defaults, or None for the defaults."""
    name: str = setting("", "Name", "Name of the take; empty: the next free one")
    whole_frames: bool = setting(
        False, "Whole Frames", "Resample onto whole frames of the scene; otherwise keys lie where the samples are"
    )
    extend_scene: bool = setting(
        False, "Extend Scene", "Move the end of the scene's frame range when the performance is longer"
    )
    meta: Mapping[str, Any] = field(default_factory=dict)
    """More to remember with the take, such as the strip's name."""
