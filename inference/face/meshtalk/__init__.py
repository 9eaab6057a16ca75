"""MeshTalk as a face engine, with the authors' files."""
