"""Words of a speech and what they mean for hands, head, brows and eyes."""
