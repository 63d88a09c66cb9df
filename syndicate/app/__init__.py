"""The composition root: builds the objects of a run from the config and connects them."""
