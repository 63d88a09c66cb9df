"""Stand-ins, one per network, found by their name."""
