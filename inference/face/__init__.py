"""The face: engines from speech to lips and lower face, and what carries their lips to the default character."""
