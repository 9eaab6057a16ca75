"""Which outputs of the phone encoder stand for which phone.

The recogniser's own symbols are those of ``hama`` 1.7.0 (``assets/g2p_vocab.json``, Apache-2.0), IPA of many languages;
in practice it writes down English ones, whatever it hears.
"""

from __future__ import annotations

BOUNDARY, BLANK = 189, 190
"""Outputs between words, and between phones."""

OUTPUTS: dict[str, tuple[int, ...]] = {
    "P": (35, 36, 10), "B": (10, 35), "M": (31,), "F": (17, 49), "V": (49, 17, 124, 50), "TH": (173, 41, 17),
    "DH": (69, 12, 173, 57), "T": (41, 42, 12, 116), "D": (12, 41, 116, 69), "N": (32, 75), "L": (30, 103),
    "K": (27, 28, 18, 95), "G": (18, 95, 27), "NG": (75, 32), "HH": (19,), "CH": (47,), "JH": (13, 130),
    "SH": (120, 39), "ZH": (130, 120), "S": (39, 57), "Z": (57, 39), "R": (113, 38, 118, 93, 90, 79),
    "ER": (93, 90, 92, 113, 89, 79), "AA": (80, 7, 81, 83, 125), "AE": (66, 7, 91), "AH": (89, 125, 79, 101, 90),
    "AO": (83, 80, 33, 34), "AW": (9,), "AY": (8,), "EH": (91, 14, 66, 16), "EY": (16, 14, 91),
    "IH": (101, 20, 89, 91), "IY": (20, 101), "OW": (34, 33, 83), "OY": (84,), "UH": (123, 48, 89),
    "UW": (48, 123, 25, 122), "W": (50,), "Y": (21, 20), "X": (55, 174, 67, 19, 120, 27),
    "UE": (56, 48, 127, 20, 122, 101), "OE": (72, 76, 92, 93, 89, 123),
}  # fmt: skip
"""CMU phone without its stress, and X (the ch of German), UE and OE (its rounded vowels) -> outputs it is heard as."""
