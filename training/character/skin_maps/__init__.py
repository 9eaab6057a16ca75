"""Skin maps without photographs: pigment and relief computed on the base mesh and baked into its texture coordinates.

Read in this order: ``charts`` (where a texel lies), ``face_places`` (where eyes, nose and mouth are), ``noise``,
``pigment`` and ``relief`` (what the skin is like there), ``tones`` (whose skin), ``write`` (the files).
"""
