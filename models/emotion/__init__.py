"""Which emotion a stretch of speech carries."""
