"""The composition root: makes the objects of a run and hands them to each other."""
