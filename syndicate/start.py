"""Starts the command line. The installed command calls `entry`."""

import gc

OBJECTS = 100_000
"""How many more objects there are until garbage is looked for: what a command loads is none, and it ends soon."""


def entry() -> None:
    """Run the command line, and end the process."""
    gc.set_threshold(OBJECTS, 10, 10)  # before anything is loaded: else it is looked for 26 times meanwhile
    from syndicate.cli import entry as run

    run()
