"""One file per thing a user can do."""
