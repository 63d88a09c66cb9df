"""The config file: its settings, how it is read and checked, and what `syndicate init` writes."""
