"""Turns the bytes of a document into articles: one module per format."""
