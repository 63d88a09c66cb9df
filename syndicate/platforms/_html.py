"""What a status says, out of the HTML that servers give it as. Only look-ups need it."""

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
        """Without markup; paragraphs and breaks are new lines."""
        return "".join(self._pieces)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a link leads and where a line ends."""
        if tag in ("p", "br"):
            self._pieces.append("\n")
        self.addresses += [value for name, value in attrs if tag == "a" and name == "href" and value]

    def handle_data(self, data: str) -> None:
        """Note the words."""
        self._pieces.append(data)
