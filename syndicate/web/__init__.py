"""The daemon's HTTP server: health, metrics, hooks."""
