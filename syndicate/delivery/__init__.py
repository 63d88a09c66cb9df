"""Takes a planned delivery to its network: render, claim, prepare, commit, record; and a person's decisions."""
