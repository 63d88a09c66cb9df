"""Answers HTTP: health, metrics, hooks."""
