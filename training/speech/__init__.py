"""Synthetic speech with phone times, so that the face engine hears voices, sounds and languages no tracked clip has."""
