"""Classes of sounds that look alike on the lips, and the phone symbols that belong to them."""

from __future__ import annotations

VISEMES: tuple[str, ...] = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "RR", "aa", "E", "I", "O", "U")
"""Viseme classes: silence; p b m; f v; th; t d n l; k g ng h; sh ch; s z; r; open, front mid, front high vowels;
rounded mid and rounded high vowels with w."""

VISEME_INDEX: dict[str, int] = {name: index for index, name in enumerate(VISEMES)}
"""Viseme -> column."""

_ARPABET = {
    "sil": "SIL +SPN+ +NSN+", "PP": "P B M", "FF": "F V", "TH": "TH DH", "DD": "T D N L", "kk": "K G NG HH",
    "CH": "CH JH SH ZH", "SS": "S Z", "RR": "R ER", "aa": "AA AE AH AY AW", "E": "EH EY", "I": "IH IY Y",
    "O": "AO OW OY", "U": "UW UH W",
}  # fmt: skip
_SAMPA = {
    "sil": ". (", "PP": "p b m _p _b pasp basp", "FF": "f v", "TH": "D T", "DD": "t d n l L _t _d 4 dasp tasp",
    "kk": "k g N x X h H _k kasp gasp", "CH": "S C", "SS": "s z", "RR": "R r", "aa": "a aI aU a6 6",
    "E": "E e E6 @ @6", "I": "i I j i6", "O": "O o OY 9", "U": "u U y Y 2",
}  # fmt: skip


def _invert(table: dict[str, str]) -> dict[str, int]:
    return {phone: VISEME_INDEX[viseme] for viseme, phones in table.items() for phone in phones.split()}


ARPABET_VISEMES: dict[str, int] = _invert(_ARPABET)
"""CMU dictionary phone without stress -> viseme column."""

SAMPA_VISEMES: dict[str, int] = _invert(_SAMPA)
"""German SAMPA label as used in the Berlin emotional speech database -> viseme column."""
