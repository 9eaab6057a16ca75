"""By what Soliloquy's own characters are known; imports nothing, for panels ask at every redraw."""

CHARACTER_PROPERTY = "soliloquy_character"
"""Custom property on the armature and the mesh of Soliloquy's characters: who it is, as by ``person.written``."""

GHOST_PROPERTY = "soliloquy_ghost"
"""Custom property of what a ghost of a character consists of: a second take, shown beside the one that plays."""
