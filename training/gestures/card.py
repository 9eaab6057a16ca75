"""The text that accompanies the library: where every clip comes from, under which licence, and what was left out."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

from .pack import PackedClip
from .selection import LeftOut
from .vocabulary import VocabularyError

_CREDITS = {
    "LGPL-2.1": "SmartBody, USC Institute for Creative Technologies (github.com/worldforge/smartbody), LGPL-2.1",
    "CC-BY-SA-4.0": "Amazon Sumerian Hosts, Amazon.com (github.com/aws-samples/amazon-sumerian-hosts), CC-BY-SA-4.0",
}


def card(clips: list[PackedClip], dropped: list[LeftOut], weights: Path, error: VocabularyError) -> str:
    """Return the card as Markdown."""
    seconds = sum(len(clip.rotations) for clip in clips) / 30
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    lines = [
        "# gestures.safetensors",
        "",
        f"A vocabulary of {len(clips)} gestures of the upper body ({seconds:.0f} s): codes of 32 numbers, "
        "7.5 a second, and a decoder that turns them into the rotations of 41 joints. An auto-decoder fitted to "
        "recorded clips; the recordings themselves are not in it, nor elsewhere in Soliloquy.",
        "",
        "| | |",
        "|---|---|",
        "| licence | GPL-3.0-or-later; trained on the clips below |",
        "| made by | `python -m soliloquy.training.gestures --data ../shared/data` |",
        "| reproduction | this command with its fixed seed, on one thread; 3 minutes on an idle core |",
        f"| figures | against the recordings: {error.degrees:.2f} degrees per joint, {error.arm_degrees:.2f} per joint "
        f"of the arms (99th percentile {error.arm_degrees_p99:.1f}), wrists {error.wrist_mm:.1f} mm "
        f"(99th percentile {error.wrist_mm_p99:.0f} mm) |",
        f"| size | {weights.stat().st_size / 1e6:.2f} MB, fp16 |",
        f"| file sha256 | {digest} |",
        "",
        "Before training the clips were retargeted to SMPL-X; legs, pelvis, head and face dropped; the spine made "
        "relative to the clip's own resting trunk; phases measured anew from the speed of the wrists around the "
        "sources' emphasis; tremor of the inertial recordings smoothed; their left fingers, which were never recorded, "
        "follow the right ones.",
        "",
        "Limits: a handful of performers and no recording of speech, so that no gesture is tied to a word. Nobody but "
        "the developers has judged the result.",
        "",
        "Training data:",
        "",
    ]
    for licence, count in sorted(Counter(clip.origin.licence for clip in clips).items()):
        lines.append(f"- {_CREDITS.get(licence, licence)}: {count} clips")
    lines += [
        "",
        "## Clips",
        "",
        "| clip | set | meaning | kind | s | ready, stroke, emphasis, hold ends, at rest | licence |",
    ]
    lines += ["|---|---|---|---|---|---|---|"]
    for clip in clips:
        phases = " ".join(f"{value:.2f}" for value in clip.phases.values())
        origin = clip.origin
        lines.append(
            f"| {origin.name} | {origin.set} | {origin.tag} | {origin.kind} | {len(clip.rotations) / 30:.1f} "
            f"| {phases} | {origin.licence} |"
        )
    lines += ["", "## Left out", ""]
    reasons: dict[str, list[str]] = {}
    for row in dropped:
        reasons.setdefault(row.reason, []).append(f"{row.set}/{row.name}")
    for reason, names in sorted(reasons.items()):
        shown = ", ".join(names) if len(names) <= 20 else f"{len(names)} clips"
        lines.append(f"- {reason}: {shown}")
    return "\n".join(lines) + "\n"
