"""How the pictures of the sample site were drawn."""
