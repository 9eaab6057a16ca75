"""How well a take shows on a character: figures that the benchmark of rigs prints, each measured in Blender."""
