"""Reads the text and links of a status from a server's HTML. Only look-ups need it."""

from __future__ import annotations

from html.parser import HTMLParser


class Content(HTMLParser):
    """The addresses and the plain text of a status, which servers give as HTML."""

    def __init__(self, content: str) -> None:
        super().__init__(convert_charrefs=True)
        self.addresses: list[str] = []
        self._pieces: list[str] = []
        self.feed(content)
        self.close()

    @property
    def text(self) -> str:
        """The plain text; paragraphs and line breaks become newlines."""
        return "".join(self._pieces)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record the address of a link, or a line break."""
        if tag in ("p", "br"):
            self._pieces.append("\n")
        self.addresses += [value for name, value in attrs if tag == "a" and name == "href" and value]

    def handle_data(self, data: str) -> None:
        """Record the text."""
        self._pieces.append(data)
