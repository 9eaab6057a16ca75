"""Phones of other languages than English: espeak-ng's IPA in Kokoro's symbols."""

from __future__ import annotations

import re
import shutil
import subprocess

from ...inference.errors import MissingRuntime
from .sentences import LANGUAGES

# Kokoro's alphabet writes affricates as one symbol and has no syllabicity or tie marks.
_SPELLING = {
    "tʃ": "ʧ", "dʒ": "ʤ", "ts": "ʦ", "dz": "ʣ", "tɕ": "ʨ", "dʑ": "ʥ", "g": "ɡ", "ɜɾ": "ɜ", "ʏ": "y", "ɭ": "l",
    "\u0329": "", "\u0361": "", "-": "", "_": "",
}  # fmt: skip


def foreign_phones(text: str, language: str) -> str:
    """Return the phones of a text, punctuation kept, in Kokoro's symbols.

    Parameters
    ----------
    text : str
        One sentence.
    language : str
        A key of `LANGUAGES`.

    Raises
    ------
    SoliloquyError
        espeak-ng is not installed.
    """
    pieces = []
    for part in re.findall(r"[^,;:.!?¡¿]+|[,;:.!?]", text):
        if part in ",;:.!?":
            pieces.append(part)
        elif part.strip():
            pieces.append(" " * bool(pieces) + _espeak(part.strip(), language))
    return "".join(pieces)


def _espeak(text: str, language: str) -> str:
    if shutil.which("espeak-ng") is None:
        raise MissingRuntime(
            "espeak-ng is not installed, so sentences in other languages have no phones.",
            "Install it: apt-get install espeak-ng.",
        )
    command = ["espeak-ng", "-q", "--ipa", "-v", LANGUAGES[language], text]
    output = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    # espeak marks words it reads in another language, as in "(en)...(fr)".
    phones = re.sub(r"\([a-z-]+\)", "", " ".join(output.split()))
    for source, target in _SPELLING.items():
        phones = phones.replace(source, target)
    return phones
