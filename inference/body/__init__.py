"""Hands and body: engines that gesture with the speech, and the body at rest beneath them."""
