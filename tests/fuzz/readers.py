"""Every reader of files that nobody vouches for. A new one goes to the end: its place decides its inputs."""

from __future__ import annotations

import model_files
import motion_file_inputs
import plain_files
import scene_files
import sounds
import word_files

READERS = (
    *plain_files.READERS,
    *model_files.READERS,
    *sounds.READERS,
    *motion_file_inputs.READERS,
    *word_files.READERS,
    *scene_files.READERS,
)
