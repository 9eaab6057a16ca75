"""The upper face as MeshTalk models faces: a categorical code over time, drawn given the voice."""
