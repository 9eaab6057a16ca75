"""Trains TalkSHOW's body on the paired corpus: two motion codes, then the model that draws them from speech."""
