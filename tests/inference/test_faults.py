"""What the operating system refuses is told from faults inside Soliloquy."""

from __future__ import annotations

import errno
import os

import pytest

from soliloquy.inference.faults import as_soliloquy_error, refused_by_system


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENAMETOOLONG, errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("name", ["/home/other/speech.wav", None])
def test_a_refusal_names_the_file_and_a_next_step(number: int, name: str | None) -> None:
    said = as_soliloquy_error(OSError(number, os.strerror(number), name))
    assert said.kind == "bad_file"
    assert ("'speech.wav'" if name else "The output") in said.message
    assert os.strerror(number) in said.message
    assert said.hint


def test_other_errors_stay_faults_of_ours() -> None:
    for error in (OSError(errno.ENOENT, "No such file", "weights.npz"), ValueError("x"), OSError("x")):
        assert refused_by_system(error) is None
        assert as_soliloquy_error(error).kind == "internal"
