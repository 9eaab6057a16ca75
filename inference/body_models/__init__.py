"""The user's own body models: SMPL-X and FLAME files, read without executing anything."""
