"""Motion in other programs' formats, read as a Performance and written from one: one module per format."""
