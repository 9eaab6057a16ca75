"""Data sets, losses, training loops, benchmarks. Not part of the built extension."""
