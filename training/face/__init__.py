"""Training of the default face engine."""
