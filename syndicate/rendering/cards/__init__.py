"""Makes cards: a theme's HTML and CSS over the article's photo, drawn in a separate process."""
