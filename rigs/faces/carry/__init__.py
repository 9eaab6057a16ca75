"""Carries the face of the default character over to another head: landmarks, registration, transfer of deltas."""
