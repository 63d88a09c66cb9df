"""Announces a publisher's articles on social networks: never twice, never lost, never a flood."""

__version__ = "0.1.0"
