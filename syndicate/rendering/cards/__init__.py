"""Share images: a theme's HTML and CSS over the article's photo, drawn in a process of its own."""
