"""Parses documents into articles: one module per format."""
