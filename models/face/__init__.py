"""The default face engine's network: phone encoder hidden states to lips and face."""
