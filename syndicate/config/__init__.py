"""The config file: what it says, how it is read, and what `syndicate init` writes."""
