"""The two node groups of strand hair: one grows strands along the cards, one folds the cards away.

Guides follow the cards, which follow skin, face keys and poses: strands go wherever cards go.
"""

from __future__ import annotations

from typing import Any

import bpy

from ..materials.strands import TONE
from .geometry_nodes import Tree

GROW = "Soliloquy Strands"
HIDE = "Soliloquy Hidden Cards"
FOLD = "soliloquy_fold"
"""Attribute of the body's vertices: the right ones of cards that strands stand in for; the left ones come before."""
PLACE = "soliloquy_place"
"""Attribute of the body as Blender shows it: where vertices would be if no card were folded."""
LEFT, RIGHT = "card_left", "card_right"
"""Attributes of a guide's points: the body's vertices on both sides of the card there."""
AMOUNT, SPREAD, CURL = "amount", "spread", "curl"
"""Attributes of guides: how many strands, metres of skin they cover, radius of their coils."""
FIRST, SECOND = "along_skin", "across_skin"
"""Attributes of a guide's points: see ``guides.Planted``."""
REST, REST_AXES = "rest_place", ("rest_across", "rest_out", "rest_along")
"""Attributes of a guide's points: where they were grown and which way the card lay; what differs was combed."""

_INTO_THE_LOCK = 0.045
"""Metres from the skin after which a strand lies in its lock."""
_POINTS_IN_VIEWPORT = 0.6
_MOST_OF_A_GUIDE = 4096
"""More strands than a guide ever has: keeps their numbers apart."""


def strands_group() -> Any:
    """Return the group that grows strands on guides, made once per file."""
    return bpy.data.node_groups.get(GROW) or _grow()


def hiding_group() -> Any:
    """Return the group that folds cards to lines without breadth and notes where they were, for the strands.

    Taking their faces away would cost a hundred times as much on every frame.
    """
    known = bpy.data.node_groups.get(HIDE)
    if known is not None:
        return known
    tree = Tree(HIDE)
    tree.input("Geometry", "Geometry")
    place = tree.add("GeometryNodeInputPosition").outputs[0]
    before = tree.math("SUBTRACT", tree.add("GeometryNodeInputIndex").outputs[0], 1.0)
    node = tree.add("GeometryNodeFieldAtIndex", data_type="FLOAT_VECTOR", domain="POINT")
    tree.put(node.inputs["Index"], before)
    tree.put(next(socket for socket in node.inputs if socket.name == "Value" and socket.enabled), place)
    beside = next(socket for socket in node.outputs if socket.enabled)
    geometry, noted = tree.given("Geometry"), {"Name": PLACE, "Value": place}
    geometry = tree.step("GeometryNodeStoreNamedAttribute", geometry, noted, data_type="FLOAT_VECTOR", domain="POINT")
    folded = {"Selection": tree.named(FOLD, "BOOLEAN"), "Position": beside}
    tree.result(tree.step("GeometryNodeSetPosition", geometry, folded))
    return tree.group


def _inputs(tree: Tree) -> None:
    tree.input("Geometry", "Geometry")
    tree.input("Body", "Object", description="The mesh whose cards lead the strands")
    for name, value, low, high, text in (
        ("Density", 1.0, 0.0, 4.0, "How many strands; 1 is what suits the haircut"),
        ("In Viewport", 0.1, 0.0, 1.0, "Share of the strands that 3D Views show; renders have all"),
        ("Thickness", 0.00007, 0.0, 0.001, "Of a strand at its root, metres"),
        ("Clump", 0.4, 0.0, 1.0, "How far the strands of a lock come together at their tips"),
        ("Frizz", 0.0015, 0.0, 0.02, "How far strands stray from their lock, metres"),
        ("Uneven", 0.25, 0.0, 0.9, "How much shorter than its lock a strand may be"),
        ("Fly Away", 0.03, 0.0, 1.0, "Share of strands that leave their lock"),
    ):
        settings = {"default_value": value, "min_value": low, "max_value": high, "description": text}
        tree.input(name, "Float", **settings)
    tree.input("Points", "Int", default_value=8, min_value=3, max_value=64, description="Along a strand")
    tree.input("Coiled", "Bool", description="Whether strands wind about their guides")
    tree.input("Seed", "Int", default_value=0, min_value=0, description="Another number is another disorder")


def _grow() -> Any:
    tree = Tree(GROW)
    _inputs(tree)
    geometry, frame, guide = _led(tree)
    points = _points(tree)
    geometry = tree.step("GeometryNodeResampleCurve", geometry, {"Count": points}, mode="COUNT")
    geometry, strand = _many(tree, geometry, guide)
    geometry, chance = _chances(tree, geometry, strand)
    end = tree.math("SUBTRACT", 1.0, chance["shorter"])
    geometry = tree.step("GeometryNodeTrimCurve", geometry, {"End": end}, mode="FACTOR")
    # As many points on every frame, for motion blur.
    geometry = tree.step("GeometryNodeResampleCurve", geometry, {"Count": points}, mode="COUNT")
    geometry = tree.step("GeometryNodeSetPosition", geometry, {"Offset": _apart(tree, frame, chance)})
    geometry = tree.step("GeometryNodeSetCurveRadius", geometry, {"Radius": _radius(tree, chance["thin"])})
    tone = {"Name": TONE, "Value": chance["tone"]}
    tree.result(tree.step("GeometryNodeStoreNamedAttribute", geometry, tone, data_type="FLOAT", domain="CURVE"))
    return tree.group


def _share(tree: Tree) -> Any:
    """Return the share of a render's strands that are grown: all of them, or what a 3D View shows."""
    viewport = tree.add("GeometryNodeIsViewport").outputs[0]
    missing = tree.math("MULTIPLY", viewport, tree.math("SUBTRACT", 1.0, tree.given("In Viewport")))
    return tree.math("SUBTRACT", 1.0, missing)


def _points(tree: Tree) -> Any:
    """Return how many points a strand has: in a 3D View fewer, which costs less and at its size is not seen."""
    viewport = tree.add("GeometryNodeIsViewport").outputs[0]
    share = tree.math("MULTIPLY_ADD", viewport, _POINTS_IN_VIEWPORT - 1.0, 1.0)
    return tree.math("MAXIMUM", tree.math("CEIL", tree.math("MULTIPLY", tree.given("Points"), share)), 3.0)


def _many(tree: Tree, geometry: Any, guide: Any) -> tuple[Any, Any]:
    """Put as many strands as wanted on each guide; return them, and a number of each that stays the same in views."""
    wanted = tree.math("MULTIPLY", tree.named(AMOUNT), tree.math("MULTIPLY", tree.given("Density"), _share(tree)))
    luck = tree.random(guide, tree.math("ADD", tree.given("Seed"), 90))
    node = tree.add("GeometryNodeDuplicateElements", domain="SPLINE")
    tree.put(node.inputs["Geometry"], geometry)
    tree.put(node.inputs["Amount"], tree.math("FLOOR", tree.math("ADD", wanted, luck)))
    # Numbered by guide: what a 3D View shows is a part of what a render shows.
    numbered = tree.math("MULTIPLY", guide, _MOST_OF_A_GUIDE)
    return node.outputs["Geometry"], tree.math("ADD", numbered, node.outputs["Duplicate Index"])


def _chances(tree: Tree, geometry: Any, strand: Any) -> tuple[Any, dict[str, Any]]:
    """Draw what differs from strand to strand, once per strand and not once per point."""

    def random(number: int) -> Any:
        return tree.random(strand, tree.math("ADD", tree.given("Seed"), number))

    angle, far = tree.math("MULTIPLY", random(2), 6.2832), tree.math("SQRT", random(3))
    loose = tree.math("LESS_THAN", random(6), tree.given("Fly Away"))
    strays = tree.math("MULTIPLY", tree.given("Frizz"), tree.math("MULTIPLY_ADD", loose, 3.0, 1.0))
    thick = tree.math("DIVIDE", tree.given("Thickness"), tree.math("SQRT", tree.math("MAXIMUM", _share(tree), 0.02)))
    drawn = {
        "shorter": tree.math("MULTIPLY", tree.given("Uneven"), tree.math("POWER", random(1), 1.5)),
        "aside": tree.math("MULTIPLY", far, tree.math("COSINE", angle)),
        "deep": tree.math("MULTIPLY", far, tree.math("SINE", angle)),
        "strays": strays,
        "drift": tree.math("MULTIPLY_ADD", random(11), 2.0, -1.0),
        "lift": tree.math("MULTIPLY_ADD", random(21), 2.0, -1.0),
        "phase": tree.math("MULTIPLY", random(10), 6.2832),
        "pitch": tree.math("MULTIPLY_ADD", random(4), 0.004, 0.006),
        "thin": tree.math("MULTIPLY", tree.math("MULTIPLY_ADD", random(8), 0.25, 0.375), thick),
        "tone": tree.math("MULTIPLY_ADD", random(9), 0.36, tree.math("SUBTRACT", tree.named(TONE), 0.18)),
    }
    geometry, *kept = tree.capture(geometry, "CURVE", **{name: ("FLOAT", field) for name, field in drawn.items()})
    return geometry, dict(zip(drawn, kept, strict=True))


def _led(tree: Tree) -> tuple[Any, tuple[Any, Any, Any], Any]:
    """Lay guides along the cards; return geometry, (half a card's breadth, out, along) and the guide's number."""
    node = tree.add("GeometryNodeObjectInfo", transform_space="RELATIVE")
    tree.put(node.inputs["Object"], tree.given("Body"))
    body, place = node.outputs["Geometry"], tree.named(PLACE, "FLOAT_VECTOR")
    left, right = (tree.sample(body, place, tree.named(side, "INT")) for side in (LEFT, RIGHT))
    half = tree.vector("SCALE", tree.vector("SUBTRACT", right, left), 0.5)
    place = tree.add("GeometryNodeInputPosition").outputs[0]
    strayed = tree.vector("SUBTRACT", place, tree.named(REST, "FLOAT_VECTOR"))
    parts = tree.add("ShaderNodeCombineXYZ")
    for socket, axis in zip(parts.inputs, REST_AXES, strict=True):
        tree.put(socket, tree.vector("DOT_PRODUCT", strayed, tree.named(axis, "FLOAT_VECTOR")))
    kept = {"half": ("VECTOR", half), "combed": ("VECTOR", parts.outputs[0])}
    geometry, half, combed = tree.capture(tree.given("Geometry"), "POINT", **kept)
    middle = tree.vector("SCALE", tree.vector("ADD", left, right), 0.5)
    geometry = tree.step("GeometryNodeSetPosition", geometry, {"Position": middle})
    along = tree.add("GeometryNodeInputTangent").outputs[0]
    out = tree.vector("NORMALIZE", tree.vector("CROSS_PRODUCT", along, half))
    geometry, along, out = tree.capture(geometry, "POINT", along=("VECTOR", along), out=("VECTOR", out))
    across = tree.vector("NORMALIZE", half)
    geometry = tree.step("GeometryNodeSetPosition", geometry, {"Offset": tree.along(combed, (across, out, along))})
    index = tree.add("GeometryNodeInputIndex").outputs[0]
    geometry, guide = tree.capture(geometry, "CURVE", guide=("INT", index))
    return geometry, (half, out, along), guide


def _apart(tree: Tree, frame: tuple[Any, Any, Any], chance: dict[str, Any]) -> Any:
    """Return how far a strand's points stand off its guide."""
    half, out, along = frame
    axes = (tree.vector("NORMALIZE", half), out, along)
    node = tree.add("GeometryNodeSplineParameter")
    way, length = node.outputs["Factor"], node.outputs["Length"]
    # At the root strands fill the patch of skin around the guide's ...
    spread = tree.named(SPREAD)
    wide, high = (tree.math("MULTIPLY", chance[name], spread) for name in ("aside", "deep"))
    root = tree.sum(
        tree.vector("SCALE", tree.along(tree.named(FIRST, "FLOAT_VECTOR"), axes), wide),
        tree.vector("SCALE", tree.along(tree.named(SECOND, "FLOAT_VECTOR"), axes), high),
    )
    # ... and from there on the breadth of the card, a little of it in depth, more outwards than inwards.
    closer = tree.math("SUBTRACT", 1.0, tree.math("MULTIPLY", tree.given("Clump"), tree.math("POWER", way, 1.6)))
    depth = tree.math("MULTIPLY", tree.vector("LENGTH", half), tree.math("MULTIPLY_ADD", chance["deep"], 0.30, 0.15))
    lock = tree.sum(
        tree.vector("SCALE", half, tree.math("MULTIPLY", chance["aside"], closer)),
        tree.vector("SCALE", out, tree.math("MULTIPLY", depth, closer)),
    )
    whole = tree.add("GeometryNodeSplineLength").outputs["Length"]
    blend = tree.ramp(length, 0.0, tree.math("MINIMUM", tree.math("MULTIPLY", whole, 0.6), _INTO_THE_LOCK))
    offset = tree.sum(tree.vector("SCALE", root, tree.math("SUBTRACT", 1.0, blend)), tree.vector("SCALE", lock, blend))
    coils = tree.add("GeometryNodeSwitch", input_type="VECTOR")
    tree.put(coils.inputs["Switch"], tree.given("Coiled"))
    tree.put(coils.inputs["True"], _coil(tree, axes, length, chance))
    return tree.sum(offset, _frizz(tree, axes, way, length, chance), coils.outputs[0])


def _coil(tree: Tree, axes: tuple[Any, Any, Any], length: Any, chance: dict[str, Any]) -> Any:
    """Return the offset of a coiled strand: a helix about its guide."""
    turn = tree.math("MULTIPLY_ADD", tree.math("DIVIDE", length, chance["pitch"]), 6.2832, chance["phase"])
    wide = tree.math("MULTIPLY", tree.named(CURL), tree.ramp(length, 0.0, 0.006))
    first = tree.vector("SCALE", axes[0], tree.math("MULTIPLY", wide, tree.math("COSINE", turn)))
    return tree.sum(first, tree.vector("SCALE", axes[1], tree.math("MULTIPLY", wide, tree.math("SINE", turn))))


def _frizz(tree: Tree, axes: tuple[Any, Any, Any], way: Any, length: Any, chance: dict[str, Any]) -> Any:
    """Return waves of a strand's own; some strands leave their lock."""
    strength = tree.math("MULTIPLY", chance["strays"], way)
    wave = tree.math("SINE", tree.math("MULTIPLY_ADD", length, 6.2832 / 0.034, chance["phase"]))
    aside = tree.math("MULTIPLY_ADD", wave, 0.5, chance["drift"])
    high = tree.math("MULTIPLY_ADD", wave, -0.5, chance["lift"])
    return tree.sum(
        tree.vector("SCALE", axes[0], tree.math("MULTIPLY", aside, strength)),
        tree.vector("SCALE", axes[1], tree.math("MULTIPLY", high, strength)),
    )


def _radius(tree: Tree, thin: Any) -> Any:
    """Return half of a strand's thickness: it ends in a point."""
    way = tree.add("GeometryNodeSplineParameter").outputs["Factor"]
    pointed = tree.math("MULTIPLY_ADD", tree.math("POWER", way, 3.0), -0.8, 1.0)
    return tree.math("MULTIPLY", thin, pointed)
