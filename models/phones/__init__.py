"""The phone encoder: a small conformer that hears phones in speech."""
