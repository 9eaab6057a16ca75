"""TalkSHOW's body as a body engine, with the authors' files."""
