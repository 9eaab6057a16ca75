"""The user's pip and uv settings stay out of an installation, all but the way to the packages."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from soliloquy.inference.runtime.index_settings import installer_environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="writes the files where POSIX has them")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".config" / "pip").mkdir(parents=True)
    (tmp_path / ".config" / "uv").mkdir()
    return tmp_path


def tools(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(("PIP_", "UV_"))}


OURS = {"PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1"}


def seen(user: dict[str, str]) -> dict[str, str]:
    return tools(installer_environment({"XDG_CONFIG_DIRS": "/nowhere", "PATH": "/bin", **user}))


def without_machine(found: dict[str, str]) -> dict[str, str]:
    """Leave out what /etc/pip.conf of the machine that runs the tests says."""
    machine = seen({"HOME": "/nowhere", "PIP_CONFIG_FILE": ""})
    return {name: value for name, value in found.items() if name not in machine or name in OURS}


def test_what_bends_an_installation_is_dropped(home: Path) -> None:
    bent = {
        "PIP_USER": "1", "PIP_TARGET": "/x", "PIP_PREFIX": "/y", "PIP_REQUIRE_VIRTUALENV": "1", "PIP_NO_INDEX": "1",
        "PIP_CONSTRAINT": "c.txt", "PIP_NO_BINARY": ":all:", "PIP_FIND_LINKS": "/w", "UV_SYSTEM_PYTHON": "1",
        "UV_NO_INDEX": "1", "UV_CONSTRAINT": "c.txt", "UV_PROJECT_ENVIRONMENT": "/p",
    }  # fmt: skip
    assert without_machine(seen(bent)) == OURS


def test_proxy_index_and_certificates_are_kept(home: Path) -> None:
    found = seen({"PIP_PROXY": "http://p:1", "PIP_INDEX_URL": "https://m/simple", "PIP_CERT": "/c.pem"})
    assert found["PIP_PROXY"] == "http://p:1"
    assert found["PIP_INDEX_URL"] == "https://m/simple"
    assert found["PIP_CERT"] == "/c.pem"
    assert found["UV_DEFAULT_INDEX"] == "https://m/simple"
    assert installer_environment({"HTTPS_PROXY": "http://p:2"})["HTTPS_PROXY"] == "http://p:2"


def test_a_pip_conf_gives_its_index_and_nothing_else(home: Path) -> None:
    (home / ".config" / "pip" / "pip.conf").write_text(
        "[global]\nuser = true\nindex-url = https://mirror/simple\nproxy = http://p:3\n"
        "[install]\ntarget = /x\nextra-index-url =\n    https://a\n    https://b\n"
    )
    found = seen({})
    assert found["PIP_INDEX_URL"] == "https://mirror/simple"
    assert found["PIP_PROXY"] == "http://p:3"
    assert found["PIP_EXTRA_INDEX_URL"] == "https://a https://b"
    assert "PIP_USER" not in found
    assert "PIP_TARGET" not in found
    assert found["PIP_CONFIG_FILE"] == os.devnull
    assert seen({"PIP_INDEX_URL": "https://mine"})["PIP_INDEX_URL"] == "https://mine"


def test_a_uv_toml_gives_its_indexes_and_nothing_else(home: Path) -> None:
    (home / ".config" / "uv" / "uv.toml").write_text(
        'python-preference = "system"\nnative-tls = true\n[[index]]\nurl = "https://one"\n'
        '[[index]]\nurl = "https://main"\ndefault = true\n[pip]\nno-binary = [":all:"]\n'
    )
    found = seen({})
    assert (found["UV_DEFAULT_INDEX"], found["UV_INDEX"], found["UV_NATIVE_TLS"]) == (
        "https://main",
        "https://one",
        "1",
    )
    assert not [name for name in found if "BINARY" in name or "PREFERENCE" in name]


def test_damaged_settings_are_no_obstacle(home: Path) -> None:
    (home / ".config" / "pip" / "pip.conf").write_bytes(b"\xff\xfe[[[not a file of settings")
    (home / ".config" / "uv" / "uv.toml").write_text("= = =")
    assert without_machine(seen({})) == OURS
