"""Kinds of rigs: the only place that knows how bones and shape keys are called. One file per kind."""
