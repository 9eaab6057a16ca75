"""EMOTE and FLINT (Danecek et al. 2023): emotional speech-driven animation on a temporal prior of facial motion."""
