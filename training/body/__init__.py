"""Speech with gestures: the clips, who is held out, the paired corpus, and what is trained on it."""
