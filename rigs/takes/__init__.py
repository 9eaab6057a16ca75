"""From a performance to a take and back: channels, curves, tracks, craft."""
