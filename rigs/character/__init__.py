"""The default character: building it, its shape, its materials."""
