"""Runs `syndicate` as `python -m syndicate`."""

from syndicate.start import entry

entry()
