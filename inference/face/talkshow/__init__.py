"""TalkSHOW's face as a face engine, with the authors' files."""
