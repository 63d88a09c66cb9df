"""Tools that the formats share."""
