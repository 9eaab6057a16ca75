"""wav2vec 2.0 as speech-driven animation uses it: features at the animation's frame rate."""
