"""Keys of eyes and brows as they come beside visemes, under whatever name."""

from __future__ import annotations

from .convention import Shows
from .key_names import both_sides
from .key_tables import shown_on_each_side

BLINKS = ("blink", "eyeblink", "eyesblink", "eyesclosed", "eyeclosed", "eyeclose", "eyesclose", "closeeyes", "vrcblink")
"""What a key is called that shuts both eyes, or with a side at the end one of them."""
_BOTH = (("eyeBlinkLeft", 1.0), ("eyeBlinkRight", 1.0))
_UPPER = {
    "browdown": "browDown", "browouterup": "browOuterUp", "eyewide": "eyeWide", "eyesquint": "eyeSquint",
    "cheeksquint": "cheekSquint", "nosesneer": "noseSneer", "eyelookup": "eyeLookUp", "eyelookdown": "eyeLookDown",
    "eyelookin": "eyeLookIn", "eyelookout": "eyeLookOut",
}  # fmt: skip


def upper_face_keys() -> dict[str, Shows]:
    """Return key -> what it shows; where a face has one blink alone, it takes the greater of the two eyes'."""
    keys: dict[str, Shows] = {}
    for name in (*BLINKS, "wink"):
        left, right = both_sides(name)
        keys[left], keys[right] = Shows(_BOTH[:1]), Shows(_BOTH[1:])
    keys.update(dict.fromkeys(BLINKS, Shows(_BOTH, greatest=True)))
    keys.update(shown_on_each_side(_UPPER))
    keys["browinnerup"] = Shows((("browInnerUp", 1.0),))
    return keys


def upper_face_wholes() -> dict[str, tuple[str, ...]]:
    """Return key -> keys while any of which is there it rests: one blink of several, and the finer before it."""
    sided = tuple(end for name in (*BLINKS, "wink") for end in both_sides(name))
    wholes = {name: (*sided, *BLINKS[:place]) for place, name in enumerate(BLINKS)}
    for side in (0, 1):
        ends = [both_sides(name)[side] for name in (*BLINKS, "wink")]
        wholes.update({end: tuple(ends[:place]) for place, end in enumerate(ends) if place})
    return wholes
