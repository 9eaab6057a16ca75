"""Orders: what the worker can be asked for. One frozen dataclass each, its handler beside it, one register."""
