"""The face engine that ships: any voice to lips and lower face."""
