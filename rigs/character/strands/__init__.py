"""Hair as single strands: Blender's hair curves, grown from the cards that a character wears and led by them."""
