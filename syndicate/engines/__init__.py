"""Whatever calls `poll` and `deliver`: one pass, or the daemon. An engine holds no rule of its own."""
