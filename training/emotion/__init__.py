"""Training of the classifier that hears emotion in a voice."""
