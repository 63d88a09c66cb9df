"""Tells of the work: events, alerts, metrics, systemd."""
