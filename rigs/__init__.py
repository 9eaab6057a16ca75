"""Everything that knows a character: building it, keying it, exporting it. bpy and numpy only."""
