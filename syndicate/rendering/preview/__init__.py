"""The dry run as terminal text."""
