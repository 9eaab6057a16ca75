"""From an audio clip to a Performance. Never imports bpy; torch only inside the worker's own modules."""
