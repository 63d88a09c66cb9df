"""Runs the work: one pass, or a daemon."""
