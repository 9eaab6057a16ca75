"""Training of the masked gestures: ProbTalk's three networks on the corpus of gestures laid over speech."""
