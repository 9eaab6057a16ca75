"""The body engine of ProbTalk's networks with our weights."""
