"""What of a user's settings of pip and uv an installation takes over: the way to the packages, and nothing else.

``user = true``, a target folder, constraints or a required virtual environment, set for other work, would make our
installation fail or go elsewhere. So the tools see no settings but ours and those that say how the packages are
reached: proxy, index and certificates.
"""

from __future__ import annotations

import configparser
import contextlib
import os
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from ..user_folders import home_folder
from ..worker.environment import clean_environment

PIP_KEPT = (
    "proxy", "index-url", "extra-index-url", "trusted-host", "cert", "client-cert", "keyring-provider", "timeout",
    "default-timeout", "retries",
)  # fmt: skip
"""Settings of pip that are taken over."""
UV_KEPT = (
    "DEFAULT_INDEX", "INDEX", "INDEX_URL", "EXTRA_INDEX_URL", "INSECURE_HOST", "NATIVE_TLS", "SYSTEM_CERTS",
    "KEYRING_PROVIDER", "HTTP_TIMEOUT",
)  # fmt: skip
"""Variables of uv, without their ``UV_``, that are taken over; so are names and passwords of indexes."""


def installer_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for pip and uv.

    Parameters
    ----------
    environment : mapping, optional
        The user's; ``os.environ`` when missing.
    """
    user = os.environ if environment is None else environment
    kept = {name: value for name, value in clean_environment(user).items() if not name.upper().startswith(_TOOLS)}
    pip, uv = _pip_settings(user), _uv_settings(user)
    if "DEFAULT_INDEX" not in uv and "INDEX_URL" not in uv and pip.get("index-url"):
        uv["DEFAULT_INDEX"] = pip["index-url"]
    kept |= {f"PIP_{name.upper().replace('-', '_')}": value for name, value in pip.items()}
    kept |= {f"UV_{name}": value for name, value in uv.items()}
    return {**kept, "PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1"}


_TOOLS = ("PIP_", "UV_")


def _pip_settings(user: Mapping[str, str]) -> dict[str, str]:
    """Return what the user's pip would take, files first, variables over them."""
    found: dict[str, str] = {}
    for path in _pip_files(user):
        parser = configparser.RawConfigParser()
        try:
            parser.read_string(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, configparser.Error):
            continue
        for section in ("global", "install"):
            if parser.has_section(section):
                values = {name.replace("_", "-"): value for name, value in parser.items(section)}
                found |= {name: " ".join(values[name].split()) for name in PIP_KEPT if values.get(name)}
    for name in PIP_KEPT:
        value = user.get(f"PIP_{name.upper().replace('-', '_')}", "")
        if value:
            found[name] = value
    return found


def _pip_files(user: Mapping[str, str]) -> list[Path]:
    named = user.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:
        return []
    home = home_folder()
    if sys.platform == "win32":
        files = [
            Path(user.get("PROGRAMDATA", "C:\\ProgramData"), "pip", "pip.ini"),
            home / "pip" / "pip.ini",
            Path(user.get("APPDATA", str(home)), "pip", "pip.ini"),
        ]
    else:
        general = [
            Path(item) / "pip" / "pip.conf" for item in user.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":") if item
        ]
        config = Path(user.get("XDG_CONFIG_HOME") or home / ".config")
        files = [*general, Path("/etc/pip.conf"), home / ".pip" / "pip.conf", config / "pip" / "pip.conf"]
        if sys.platform == "darwin":
            files.append(home / "Library" / "Application Support" / "pip" / "pip.conf")
    return [*files, Path(named)] if named else files


def _uv_settings(user: Mapping[str, str]) -> dict[str, str]:
    """Return what the user's uv would take, files first, variables over them; without their ``UV_``."""
    found: dict[str, str] = {}
    home = home_folder()
    if sys.platform == "win32":
        files = [Path(user.get("PROGRAMDATA", "C:\\ProgramData")), Path(user.get("APPDATA", str(home)))]
    else:
        files = [Path("/etc"), Path(user.get("XDG_CONFIG_HOME") or home / ".config")]
    for folder in files:
        with contextlib.suppress(OSError, ValueError):  # a file that is no TOML is no setting
            found |= _uv_file(tomllib.loads((folder / "uv" / "uv.toml").read_text(encoding="utf-8")))
    for name, value in user.items():
        rest = name.removeprefix("UV_")
        if rest != name and value and (rest in UV_KEPT or rest.startswith("INDEX_")):
            found[rest] = value
    return found


def _uv_file(values: dict[str, Any]) -> dict[str, str]:
    pip = values.get("pip")
    values = {**values, **(pip if isinstance(pip, dict) else {})}
    found: dict[str, str] = {}
    if isinstance(values.get("index-url"), str):
        found["DEFAULT_INDEX"] = values["index-url"]
    extra = [item for item in _items(values.get("extra-index-url")) if isinstance(item, str)]
    for item in _items(values.get("index")):
        index = cast("dict[str, Any]", item) if isinstance(item, dict) else {}
        if isinstance(index.get("url"), str):
            if index.get("default"):
                found["DEFAULT_INDEX"] = index["url"]
            else:
                extra.append(index["url"])
    if extra:
        found["INDEX"] = " ".join(extra)
    hosts = [item for item in _items(values.get("allow-insecure-host")) if isinstance(item, str)]
    if hosts:
        found["INSECURE_HOST"] = " ".join(hosts)
    if values.get("native-tls") is True:
        found["NATIVE_TLS"] = "1"
    return found


def _items(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []
