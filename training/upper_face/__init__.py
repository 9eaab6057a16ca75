"""Training of the learned upper face: brows, lids and head from tracked video."""
