"""By what Soliloquy's own characters are known; imports nothing, for panels ask at every redraw."""

CHARACTER_PROPERTY = "soliloquy_character"
"""Custom property on the armature and the mesh of Soliloquy's characters: who it is, as by ``person.written``."""
