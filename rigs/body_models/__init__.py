"""The user's own SMPL-X and FLAME files as characters, laid out as the official add-ons lay them out."""
