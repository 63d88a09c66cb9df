"""Runs the work: one run, or a daemon."""
