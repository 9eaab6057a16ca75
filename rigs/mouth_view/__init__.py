"""A small mouth over a waveform in the 3D viewport: what a job has made of the lips by now."""
