"""Makes posts from articles: text from templates, fitted to the network's limit, and the picture."""
