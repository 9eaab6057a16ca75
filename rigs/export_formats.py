"""What a take can be exported as: names, endings and words, without anything that writes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ExportFormat:
    """One kind of file."""

    name: str
    label: str
    description: str
    suffix: str
    motion: str = ""
    """Name in ``inference/motion_files`` of a format that holds the motion alone; empty for one with the character."""


FORMATS: dict[str, ExportFormat] = {
    item.name: item
    for item in (
        ExportFormat("FBX", "FBX", "For game engines and other 3D programs", ".fbx"),
        ExportFormat("GLTF", "glTF", "One .glb file with morph targets, for the web and game engines", ".glb"),
        ExportFormat("BVH", "BVH", "The motion of body and hands, on a skeleton of SMPL-X's 55 joints", ".bvh", "bvh"),
        ExportFormat("VRM", "VRM", "The character as a VRM 1.0 avatar, with humanoid bones and expressions", ".vrm"),
        ExportFormat("VRMA", "VRM Animation", "The motion for any VRM 1.0 avatar", ".vrma", "vrma"),
        ExportFormat("USD", "USD", "With skeleton and blend shapes", ".usdc"),
        ExportFormat("ALEMBIC", "Alembic", "Every vertex of every frame, for rendering elsewhere", ".abc"),
        ExportFormat(
            "NPZ", "Performance", "The .npz in the SMPL-X layout, for scripts and other tools", ".npz", "performance"
        ),
        ExportFormat("SMPLX", "SMPL-X Motion", "Poses and travel as SMPL-X's add-ons read them", ".npz", "smplx"),
        ExportFormat("AMASS", "AMASS Motion", "Poses and travel in the layout of AMASS, Z up", ".npz", "amass"),
        ExportFormat(
            "LIVELINK", "ARKit CSV", "52 coefficients, head and eyes as Live Link Face records them", ".csv", "livelink"
        ),
        ExportFormat("AUDIO2FACE", "Audio2Face JSON", "Weights of the face's shapes per frame", ".json", "audio2face"),
        ExportFormat("RHUBARB", "Mouth Cues", "Which of nine mouths shows when", ".tsv", "rhubarb-tsv"),
        ExportFormat("RHUBARB_XML", "Mouth Cues (XML)", "The same as XML", ".xml", "rhubarb-xml"),
        ExportFormat("RHUBARB_JSON", "Mouth Cues (JSON)", "The same as JSON", ".json", "rhubarb-json"),
        ExportFormat("MOHO", "Moho Switch", "The same as switch data with the mouths of Preston Blair", ".dat", "moho"),
    )
}  # fmt: skip
"""Name -> format, in the order of the list that artists choose from."""


def format_of(suffix: str) -> str:
    """Return the name of the first format with an ending, empty where there is none."""
    return next((item.name for item in FORMATS.values() if item.suffix == suffix.lower()), "")
