"""ProbTalk as a body engine, with the authors' files."""
