"""Packs recorded gesture clips into the library that the scheduler plays."""
