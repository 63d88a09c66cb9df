"""Runs `syndicate` as `python -m syndicate`."""

from syndicate.cli import entry

entry()
