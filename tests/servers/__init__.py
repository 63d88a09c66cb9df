"""Tests against real servers on this machine, which `make test-servers` installs and starts."""
