"""What an artist changes about a finished performance without running a network again; numpy only."""
