"""Article → Post: words from templates, made to fit, and the picture as the network takes it."""
