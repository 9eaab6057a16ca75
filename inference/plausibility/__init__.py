"""What keeps a body's motion possible: joint limits, no hand inside the body, no jitter."""
