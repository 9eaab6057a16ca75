"""The separate Python process that holds torch, and the client that drives it without threads."""
