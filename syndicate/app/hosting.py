"""Gives pictures a public address, as the setting `media` says, and removes them a day later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from syndicate.errors import PlatformError, Unavailable
from syndicate.ledger import Ledger
from syndicate.model import Media, Post
from syndicate.ports import Http, PictureHost

if TYPE_CHECKING:
    from syndicate.config.schema import MediaConfig

KEPT = timedelta(days=1)
FRESH = timedelta(hours=12)
"""How long a picture that is there need not be put there again: it then stays for as long at least."""

_DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)
"""A white pixel, as PNG."""


class Hosting:
    """The pictures of one run. `host` puts them there; None in a dry run, which only says what their addresses are."""

    def __init__(self, settings: MediaConfig, host: PictureHost | None, ledger: Ledger) -> None:
        self._base = settings.url.rstrip("/")
        self._host = host
        self._ledger = ledger

    def hosted(self, post: Post) -> Post:
        """The post, each of its pictures with an address at which it can be fetched now. Raises Unavailable."""
        return replace(post, media=tuple(replace(media, url=self._address(media)) for media in post.media))

    def sweep(self) -> None:
        """Remove what was put there more than a day ago; the rest is tried again. Raises Unavailable."""
        if self._host is None:
            return
        before = self._ledger.now() - KEPT
        for name in self._ledger.hosted.old(before):
            self._host.remove(name)
            self._ledger.hosted.gone(name, before)

    def check(self, http: Http) -> None:
        """Put a picture there, fetch it as a network would, and remove it. Raises Unavailable."""
        if self._host is None:
            return
        dot = Media(_DOT, "image/png", 1, 1)
        address = f"{self._base}/{dot.file}"
        self._host.put(dot.file, dot.data, dot.mime)
        try:
            reply = http.call("GET", address)
        except PlatformError as fault:
            raise Unavailable(f"media: {address} cannot be fetched: {fault}", hint=_CURE) from fault
        finally:
            self._host.remove(dot.file)
        if reply.status != 200 or reply.body != _DOT:
            what = f"answers {reply.status}" if reply.status != 200 else "is not what was put there"
            raise Unavailable(f"media: {address} {what}", hint=_CURE)

    def _address(self, media: Media) -> str:
        now = self._ledger.now()
        if self._host is not None and not self._ledger.hosted.has(media.file, now - FRESH):
            self._ledger.hosted.put(media.file, now - FRESH)  # so that it is removed, whatever happens now
            self._host.put(media.file, media.data, media.mime)
            self._ledger.hosted.put(media.file, now)
        return f"{self._base}/{media.file}"


_CURE = "`media.url` has to be the address at which everyone reads what is put there"


def hosting(settings: MediaConfig | None, ledger: Ledger, door: Callable[[], Http], *, real: bool) -> Hosting | None:
    """What the setting `media` asks for; None without it. Not `real`: nothing is put anywhere."""
    if settings is None:
        return None
    return Hosting(settings, _host(settings, door) if real else None, ledger)


def _host(settings: MediaConfig, door: Callable[[], Http]) -> PictureHost:
    from syndicate.net.picture_hosts import BucketHost, FolderHost, SftpHost, WebHost

    if settings.folder is not None:
        return FolderHost(settings.folder)
    if settings.s3 is not None:
        bucket = settings.s3
        base = "/".join(filter(None, (bucket.endpoint.rstrip("/"), bucket.bucket, bucket.prefix.strip("/"))))
        return BucketHost(door(), base, bucket.access_key, bucket.secret_key, bucket.region)
    if settings.sftp is not None:
        there = settings.sftp
        return SftpHost(there.place, there.folder, there.port, there.key, there.config)
    return WebHost(door(), settings.url.rstrip("/"))
