"""The kind of a skeleton whose names say nothing: its joints are found by their structure."""

from __future__ import annotations

from ...inference.skeleton import JOINT_NAMES
from .convention import SkeletonKind

HUMANOID = SkeletonKind("humanoid", "Humanoid skeleton", dict.fromkeys(JOINT_NAMES, ()))
"""Not found by names, and so no ``SKELETON`` of this folder."""
