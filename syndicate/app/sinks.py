"""The places that hear what became of deliveries: a JSON file, a command, a webhook, and what a source has for that."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from syndicate.delivery import permalinks
from syndicate.delivery.write_back import Takes
from syndicate.errors import Rejected, Unavailable, Uncertain
from syndicate.ledger import Ledger
from syndicate.ledger.follow_ups import Word
from syndicate.model import site_of
from syndicate.net import whole_file
from syndicate.net.command_call import CommandCall, in_folder, without_secrets
from syndicate.net.status import failure, is_page
from syndicate.net.webhook_signature import headers
from syndicate.ports import Http, WritesBack

PATIENCE = 30.0  # seconds for one call of a command


class FileSink:
    """A JSON file with the posts of all articles. It is completed where it is, so it may know more than the ledger."""

    takes: ClassVar[Takes] = "all"

    def __init__(self, name: str, path: Path, ledger: Ledger) -> None:
        self.name = name
        self._path = path
        self._ledger = ledger

    def lacks(self) -> bool:
        """Whether the file is not there."""
        return whole_file.is_missing(self._path)

    def tell(self, words: Sequence[Word]) -> None:
        """Write what became of these articles; a file that cannot be read as one of ours is written anew."""
        site = site_of(self.name)
        try:
            written = self._written()
            known = None if written is None else permalinks.from_text(written)
            if known is None:
                posts = permalinks.of_all(self._ledger, site)
            else:
                posts = known | {
                    self._address(anchor): permalinks.of_article(anchor, self._ledger, site)
                    for anchor in dict.fromkeys(word.anchor for word in words)
                }
            text = permalinks.as_text({article: listed for article, listed in posts.items() if listed})
            if text != written:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                whole_file.replace(self._path, text.encode())
        except OSError as fault:
            said = (fault.strerror or str(fault)).lower()
            raise Rejected(f"{self._path} cannot be written: {said}") from fault

    def _written(self) -> str | None:
        try:
            return self._path.read_text(encoding="utf-8")
        except (FileNotFoundError, UnicodeDecodeError):
            return None

    def _address(self, anchor: str) -> str:
        return permalinks.address(self._ledger.articles.find(anchor).article)


class ArticleSink:
    """What a source has to say where an article was posted; it hears of the articles of that source alone."""

    takes: ClassVar[Takes] = "article"

    def __init__(self, name: str, source: str, there: WritesBack, ledger: Ledger) -> None:
        self.name = name
        self._source = source
        self._there = there
        self._ledger = ledger

    def tell(self, words: Sequence[Word]) -> None:
        """Write all posts of the article, as they are now."""
        article = self._ledger.articles.find(words[0].anchor).article
        if self._source in article.addressed_by:
            self._there.write_back(article, permalinks.of_article(words[0].anchor, self._ledger, site_of(self.name)))


class CommandSink:
    """The publisher's command: one call for each event, with its JSON line on standard input, and no secret of ours."""

    takes: ClassVar[Takes] = "event"

    def __init__(self, name: str, command: Sequence[str], folder: Path) -> None:
        self.name = name
        self._command = in_folder(command, folder)
        self._folder = folder

    def tell(self, words: Sequence[Word]) -> None:
        """Call it. What it started is ended with it where it takes too long."""
        call = CommandCall(self._command, self._folder, without_secrets())
        try:
            ended = call.run(_line(words[0]), PATIENCE, leaves=True)
        except OSError as fault:
            hint = "the first word is the program; it has to be there and executable"
            raise Unavailable(f"{self._command[0]}: {(fault.strerror or str(fault)).lower()}", hint=hint) from fault
        if ended.late:
            raise Unavailable(f"{self._command[0]} took longer than {PATIENCE:.0f} s, and was ended")
        if ended.status:
            last = f": {ended.complaint}" if ended.complaint else ""
            raise Rejected(f"{self._command[0]} ended with status {ended.status}{last}")


class WebhookSink:
    """An address that gets each event as a JSON body, signed as Standard Webhooks asks."""

    takes: ClassVar[Takes] = "event"

    def __init__(self, name: str, url: str, secret: str | None, http: Http, ledger: Ledger) -> None:
        self.name = name
        self._url = url
        self._secret = secret
        self._http = http
        self._ledger = ledger

    def tell(self, words: Sequence[Word]) -> None:
        """Send it; any 2xx is heard. The id stays the same however often it is sent."""
        [word] = words
        body, at = _line(word).rstrip(), int(self._ledger.now().timestamp())
        reply = self._http.call("POST", self._url, data=body, headers=headers(self._secret, word.id, at, body))
        host = str(urlsplit(self._url).hostname)
        fault = failure(reply, host, commit=True)
        if fault is not None:
            raise fault
        if is_page(reply.body[:1000].decode("utf-8", "replace")):
            raise Uncertain(f"{host}: HTTP {reply.status} with a web page, as of a login", status=reply.status)


def _line(word: Word) -> bytes:
    line: Mapping[str, object] = word.line or {}
    return (json.dumps(line, ensure_ascii=False) + "\n").encode()
