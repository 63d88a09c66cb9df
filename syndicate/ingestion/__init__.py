"""Reads a source and stores its new articles, their deliveries and its validators."""
