"""Plans deliveries: which account gets which article, and what becomes of them when the article changes."""
