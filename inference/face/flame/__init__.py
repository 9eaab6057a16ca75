"""The FLAME or SMPL-X head a user brings along: read safely, measured, carried to the default character."""
