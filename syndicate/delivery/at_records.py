"""Reads public records of the AT Protocol from the servers of their owners.

https://atproto.com/specs/did (did:plc and did:web alone), /specs/at-uri-scheme and com.atproto.repo.getRecord, which
needs no login.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from syndicate.errors import PlatformError
from syndicate.model import Json
from syndicate.ports import Http, Reply

DIRECTORY = "https://plc.directory"
_SERVER, _SERVICE = "AtprotoPersonalDataServer", "#atproto_pds"
_CID_HEAD = bytes([1, 0x71, 0x12, 32])
"""How the name of a record begins: version 1, DAG-CBOR, SHA-256 and its length."""


class NotThere(Exception):
    """The record cannot be had; has why, in words."""


class RecordReader(Protocol):
    """A guarded client: what outsiders name may not lead it into a private network, an address of the config may."""

    def call(self, method: str, url: str, *, params: Mapping[str, str] | None = None) -> Reply:
        """As `ports.Http.call`, for addresses that outsiders name."""

    def on_behalf_of(self, *sources: str) -> Http:
        """The client for an address that each of these sources gives."""

    def at(self, address: str) -> Http:
        """The client for an address that the config names."""


class AtRecords:
    """Reads records through one client. `server` gives the server of a DID where the config names it."""

    def __init__(self, http: RecordReader, server: Callable[[str], str | None]) -> None:
        self._http = http
        self._server = server

    def find(self, uri: str) -> Json:
        """The record at an at:// address, as getRecord gives it. Raises NotThere."""
        owner, collection, rkey = uri.removeprefix("at://").split("/")
        own = self._server(owner)
        server = own or self._of_owner(owner)
        asked = {"repo": owner, "collection": collection, "rkey": rkey}
        door = self._http.at(own) if own else self._http
        said = self._read(f"{server.rstrip('/')}/xrpc/com.atproto.repo.getRecord", asked, collection, door)
        value, cid = said.get("value"), said.get("cid")
        if said.get("uri") != uri or not isinstance(cid, str) or not _names_record(cid):
            raise NotThere(f"{_host(server)} answers something else than {uri}")
        if not isinstance(value, dict) or value.get("$type") != collection:
            raise NotThere(f"{uri} is no {collection}")
        return said

    def _of_owner(self, did: str) -> str:
        """The server that a DID's own document names."""
        document = self._read(_document(did), None, did, self._http)
        services = document.get("service")
        for service in services if isinstance(services, list) else ():
            if not isinstance(service, dict) or service.get("id") not in (_SERVICE, did + _SERVICE):
                continue
            server = service.get("serviceEndpoint")
            if (
                service.get("type") == _SERVER
                and isinstance(server, str)
                and server.startswith(("https://", "http://"))
            ):
                return server
        raise NotThere(f"{did} names no server")

    def _read(self, url: str, asked: Mapping[str, str] | None, what: str, door: Any) -> Json:
        try:
            reply: Reply = door.call("GET", url, params=asked)
            said = reply.json() if reply.status == 200 else None
        except PlatformError as fault:
            raise NotThere(f"{what} cannot be read: {fault}") from fault
        if not isinstance(said, dict):
            raise NotThere(f"{what} cannot be read: {_host(url)} answers {reply.status}")
        return said


def _names_record(cid: str) -> bool:
    """Whether it is the name of a record, spelled as a server spells it: the post is refused for any other."""
    if not re.fullmatch("bafyrei[a-z2-7]{52}", cid):
        return False
    data = base64.b32decode(cid[1:].upper() + "======")
    return data[:4] == _CID_HEAD and base64.b32encode(data).decode().lower().rstrip("=") == cid[1:]


def _document(did: str) -> str:
    """Where the document of a DID is. Raises NotThere for methods that nothing is known of."""
    method, _, name = did.removeprefix("did:").partition(":")
    if method == "plc":
        return f"{DIRECTORY}/{did}"
    host = unquote(name)
    if method == "web" and re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]+)?", host):
        return f"https://{host}/.well-known/did.json"
    raise NotThere(f"{did} is of a kind that cannot be looked up")


def _host(url: str) -> str:
    return urlsplit(url).netloc
