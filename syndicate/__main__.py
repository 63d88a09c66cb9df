"""`python -m syndicate` is `syndicate`."""

from syndicate.cli import main

main()
