"""The body engine of TalkSHOW's networks with our weights."""
