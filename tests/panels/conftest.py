"""The extension registered from the checkout, as an enabled add-on with preferences."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("bpy")

import bpy

import soliloquy


@pytest.fixture(scope="module", autouse=True)
def _registered() -> Iterator[None]:
    addon = bpy.context.preferences.addons.new()
    addon.module = "soliloquy"
    soliloquy.register()
    yield
    # Without this Blender before 5.0 hangs when Python ends.
    soliloquy.unregister()
    bpy.context.preferences.addons.remove(addon)
