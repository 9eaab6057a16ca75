"""The text that accompanies the library: where every clip comes from, under which licence, and what was left out."""

from __future__ import annotations

from collections import Counter

from .pack import PackedClip
from .selection import LeftOut

_CREDITS = {
    "LGPL-2.1": "SmartBody, USC Institute for Creative Technologies (github.com/worldforge/smartbody), LGPL-2.1",
    "CC-BY-SA-4.0": "Amazon Sumerian Hosts, Amazon.com (github.com/aws-samples/amazon-sumerian-hosts), CC-BY-SA-4.0",
}


def card(clips: list[PackedClip], dropped: list[LeftOut], size: int) -> str:
    """Return the card as Markdown."""
    seconds = sum(len(clip.rotations) for clip in clips) / 30
    lines = [
        "# gestures.npz",
        "",
        f"{len(clips)} recorded clips of the upper body ({seconds:.0f} s, {size / 1e6:.1f} MB): 41 joints of SMPL-X at "
        "30 frames a second, rotations in 16 bits. Made by `python -m soliloquy.training.gestures`.",
        "",
        "Changes against the sources: retargeted to SMPL-X; legs, pelvis, head and face dropped; the spine made "
        "relative to the clip's own resting trunk; phases measured anew from the speed of the wrists around the "
        "sources' emphasis; tremor of the inertial recordings smoothed; their left fingers, which were never recorded, "
        "follow the right ones.",
        "",
        "## Sources and licences",
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
