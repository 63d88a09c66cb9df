"""Shows what would be posted: as terminal text, as an HTML page, and as a contact sheet of cards."""
