"""What bodies have besides their joints, or lack: edits of the skeletons that ``made_up_body`` makes.

Bones that are no joint are called ``"+part"`` or ``"+left part"``, so that a test can tell them from joints.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np
from made_up_skeleton import Bones, made_up_body

SIDES = (("left", 1.0), ("right", -1.0))
FINGERS = ("thumb", "index", "middle", "ring", "pinky")
Edit = Callable[[Bones], None]
Offset = Sequence[float] | np.ndarray


def between(bones: Bones, new: str, child: str, share: float = 0.5) -> None:
    """Put a bone between another and its parent."""
    parent, place = bones[child]
    bones[new] = parent, bones[parent][1] * (1 - share) + place * share
    bones[child] = new, place


def hung(bones: Bones, new: str, parent: str, offset: Offset) -> None:
    """Hang a bone on another."""
    bones[new] = parent, bones[parent][1] + np.array(offset, float)


def without(bones: Bones, gone: str) -> None:
    """Take a bone away; what hung on it moves up."""
    above = bones.pop(gone)[0]
    bones.update({name: (above, place) for name, (parent, place) in bones.items() if parent == gone})


def chain(bones: Bones, name: str, parent: str, start: Offset, step: Offset, count: int) -> None:
    """Hang a chain on a bone."""
    place = bones[parent][1] + np.array(start, float)
    for index in range(count):
        bones[f"+{name} {index}"] = parent, place
        parent, place = f"+{name} {index}", place + np.array(step, float)


def twist_bones(bones: Bones) -> None:
    """Add two twist bones to each part of a limb and one that shares each elbow and knee."""
    for side, _ in SIDES:
        for upper, lower in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle")):
            start, end = bones[f"{side}_{upper}"][1], bones[f"{side}_{lower}"][1]
            for index, share in enumerate((0.33, 0.66), start=1):
                bones[f"+{side} {upper} twist {index}"] = f"{side}_{upper}", start + share * (end - start)
        for part in ("elbow", "knee"):
            hung(bones, f"+{side} {part} share", f"{side}_{part}", (0, 0.01, 0))


def halves(bones: Bones) -> None:
    """Cut upper arms, forearms and thighs into halves."""
    for side, _ in SIDES:
        for part, lower in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee")):
            between(bones, f"+{side} {part} half", f"{side}_{lower}")


def thirds(bones: Bones) -> None:
    """Cut arms and legs into thirds, as rigs do whose twist bones lie in between."""
    for side, _ in SIDES:
        for part, lower in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle")):
            between(bones, f"+{side} {part} third", f"{side}_{lower}", 1 / 3)
            between(bones, f"+{side} {part} two thirds", f"{side}_{lower}")


def spine_of_six(bones: Bones) -> None:
    """Put three more bones into the spine, below the shoulders too."""
    for index, (above, share) in enumerate((("spine2", 0.5), ("spine3", 0.5), ("neck", 0.4))):
        between(bones, f"+spine {index}", above, share)
    for side, _ in SIDES:
        bones[f"{side}_collar"] = "+spine 2", bones[f"{side}_collar"][1]


def spine_of_two(bones: Bones) -> None:
    """Take one bone out of the spine."""
    without(bones, "spine3")


def neck_of_two(bones: Bones) -> None:
    """Cut the neck into halves."""
    between(bones, "+upper neck", "head")


def no_collars(bones: Bones) -> None:
    """Hang the arms on the chest."""
    for side, _ in SIDES:
        without(bones, f"{side}_collar")


def fingers_of_two(bones: Bones) -> None:
    """Take the last link of each finger."""
    for side, finger in itertools.product(dict(SIDES), FINGERS):
        without(bones, f"{side}_{finger}3")


def fingers_of_four(bones: Bones) -> None:
    """Mark the tip of each finger."""
    for side, finger in itertools.product(dict(SIDES), FINGERS):
        last, before = bones[f"{side}_{finger}3"][1], bones[f"{side}_{finger}2"][1]
        bones[f"+{side} {finger} end"] = f"{side}_{finger}3", 2 * last - before


def palms(bones: Bones) -> None:
    """Add a bone of the palm before each finger but the thumb."""
    for side, finger in itertools.product(dict(SIDES), FINGERS[1:]):
        between(bones, f"+{side} {finger} palm", f"{side}_{finger}1", 0.25)


def toes(bones: Bones) -> None:
    """Add five toes of two bones to each foot."""
    for side, index in itertools.product(dict(SIDES), range(5)):
        chain(bones, f"{side} toe{index}", f"{side}_foot", (0.02 * (index - 2), -0.03, 0), (0, -0.03, -0.005), 2)


def toes_alone(bones: Bones) -> None:
    """Hang five toes on each ankle, without a bone that turns them together."""
    for side, _ in SIDES:
        without(bones, f"{side}_foot")
        for index in range(5):
            chain(
                bones, f"{side} toe{index}", f"{side}_ankle", (0.02 * (index - 2), -0.12, -0.05), (0, -0.03, -0.005), 2
            )


def skirt_to_the_ground(bones: Bones) -> None:
    """Hang eight chains on the pelvis that end where the feet stand; before the legs, as a file may have them."""
    tall = bones["pelvis"][1][2]
    for index in range(8):
        out = np.array([np.cos(index * np.pi / 4 + 0.2), np.sin(index * np.pi / 4 + 0.2), 0.0])
        chain(bones, f"skirt{index}", "pelvis", 0.15 * out, 0.04 * out + (0, 0, -0.95 * tall / 4), 5)
    first = {name: bone for name, bone in bones.items() if name.startswith("+skirt") or name == "pelvis"}
    rest = dict(bones)
    bones.clear()
    bones.update({**first, **rest})


def tail(bones: Bones) -> None:
    """Add a tail that reaches the ground."""
    chain(bones, "tail", "pelvis", (0, 0.1, 0), (0, 0.1, -bones["pelvis"][1][2] / 6.2), 6)


def hair(bones: Bones) -> None:
    """Add two long bunches, a pony tail and ears."""
    for side, out in SIDES:
        chain(bones, f"{side} hair", "head", (0.08 * out, 0.05, 0.1), (0.03 * out, 0.02, -0.12), 6)
        chain(bones, f"{side} ear", "head", (0.06 * out, 0, 0.2), (0.03 * out, 0, 0.1), 3)
    chain(bones, "pony", "head", (0, 0.1, 0.12), (0, 0.05, -0.1), 6)


def wings(bones: Bones) -> None:
    """Add wings to the chest that are wider than the arms, with feathers like fingers."""
    plain_wings(bones)
    for (side, out), index in itertools.product(SIDES, range(3)):
        start, step = (0.05 * out, 0.02, -0.05 * index), (0.12 * out, 0.05, -0.1)
        chain(bones, f"{side} feather{index}", f"+{side} wing 3", start, step, 3)


def plain_wings(bones: Bones) -> None:
    """Add wings without feathers."""
    for side, out in SIDES:
        chain(bones, f"{side} wing", "spine3", (0.05 * out, 0.1, 0.05), (0.25 * out, 0.1, 0.12), 4)


def weapon(bones: Bones) -> None:
    """Put a gun of three bones into the right hand and a shield of one on the left."""
    chain(bones, "weapon", "right_wrist", (-0.05, -0.03, -0.03), (-0.1, -0.01, 0), 3)
    hung(bones, "+shield", "left_wrist", (0.03, -0.05, 0))


def sword(bones: Bones) -> None:
    """Put a sword into the right hand that is longer than the arm."""
    chain(bones, "sword", "right_wrist", (-0.06, -0.03, 0), (-0.2, -0.2, 0.05), 5)


def no_fingers(bones: Bones) -> None:
    """Take all fingers."""
    for side, finger, link in itertools.product(dict(SIDES), FINGERS, (3, 2, 1)):
        without(bones, f"{side}_{finger}{link}")


def no_hands(bones: Bones) -> None:
    """Let arms end with the forearm."""
    no_fingers(bones)
    for side, _ in SIDES:
        without(bones, f"{side}_wrist")


def two_fingers(bones: Bones) -> None:
    """Leave thumb and index."""
    for side, finger, link in itertools.product(dict(SIDES), FINGERS[2:], (3, 2, 1)):
        without(bones, f"{side}_{finger}{link}")


def soft_parts(bones: Bones) -> None:
    """Add breasts, buttocks, shoulder blades."""
    for side, out in SIDES:
        chain(bones, f"{side} breast", "spine3", (0.08 * out, -0.1, 0), (0, -0.06, -0.02), 2)
        hung(bones, f"+{side} buttock", "pelvis", (0.08 * out, 0.1, -0.05))
        hung(bones, f"+{side} blade", f"{side}_collar", (0.08 * out, 0.05, -0.05))


def helpers(bones: Bones) -> None:
    """Add a root on the ground, goals of hands and feet, and four correctives around each joint of a limb."""
    bones["+root"] = "", np.zeros(3)
    bones["pelvis"] = "+root", bones["pelvis"][1]
    for side, _ in SIDES:
        for part in ("wrist", "ankle"):
            bones[f"+{side} goal {part}"] = "+root", bones[f"{side}_{part}"][1]
        for part in ("shoulder", "elbow", "hip", "knee"):
            hung(bones, f"+{side} {part} corrective", f"{side}_{part}", (0, 0, 0))
            for index, way in enumerate(((0, 0.05, 0), (0, -0.05, 0), (0, 0, 0.05), (0, 0, -0.05))):
                hung(bones, f"+{side} {part} corrective {index}", f"+{side} {part} corrective", way)


def correctives(bones: Bones) -> None:
    """Add what newer rigs have: twist bones in chains, correctives around joints and wrists, heels beside the balls."""
    for side, out in SIDES:
        for part, lower in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee")):
            step = (bones[f"{side}_{lower}"][1] - bones[f"{side}_{part}"][1]) / 3
            chain(bones, f"{side} {part} twist", f"{side}_{part}", step, step, 2)
            hung(bones, f"+{side} {part} corrective", f"{side}_{part}", (0, 0, 0))
            for index, way in enumerate(((0, 0.04, 0), (0, -0.04, 0), (0, 0, 0.04), (0, 0, -0.04))):
                hung(bones, f"+{side} {part} corrective {index}", f"+{side} {part} corrective", way)
        for index, way in enumerate(((0, 0, -0.02), (0, 0, 0.02))):
            hung(bones, f"+{side} wrist corrective {index}", f"{side}_wrist", way)
        for index, way in enumerate(((0, 0.05, 0), (0, -0.05, 0), (0.03 * out, 0.04, -0.07))):
            hung(bones, f"+{side} heel {index}", f"{side}_ankle", way)


def body_with(*edits: Edit, seed: int = 0, arms: float = 0.0) -> Bones:
    """Return a made-up body with edits."""
    bones = made_up_body(seed, arms=arms)
    for edit in edits:
        edit(bones)
    return bones
