"""VRM characters: what their files say beyond glTF, opened through glTF and kept on the armature."""
