"""One file per panel; panels draw and decide nothing."""
