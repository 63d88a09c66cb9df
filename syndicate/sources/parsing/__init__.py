"""Parsing tools that the formats share."""
