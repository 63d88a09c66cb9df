"""`python -m syndicate` is `syndicate`."""

from syndicate.cli import entry

entry()
