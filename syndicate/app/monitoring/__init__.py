"""Reports what happens: events, alerts, metrics, systemd."""
