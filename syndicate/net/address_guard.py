"""Refuses requests to private addresses, so that an article cannot lead us into the publisher's own network."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

from syndicate.errors import ConfigError, Unavailable

if TYPE_CHECKING:
    import socket

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Origin: TypeAlias = tuple[str, str, int]
"""Scheme, host and port, lower case."""

HINT = "list it under network.allow; for your site's own address, `own: true` at a source of yours is enough"
TRIES = 3
"""How many addresses of one host are tried."""

_LOGIN = re.compile(r"(?<=//)[^/?#\s]*@")
# RFC 6890 and its registries; written out, because `is_global` differs between Python's versions.
_CLOSED_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' own
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and the clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
    )
)
_OPEN_V6 = IPv6Network("2000::/3")
_CLOSED_V6 = tuple(IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "3fff::/20"))
_CARRIERS = (  # networks whose addresses carry an IPv4 address, and how many bits stand after it
    (IPv6Network("::ffff:0:0/96"), 0),
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("::/96"), 0),
    (IPv6Network("2002::/16"), 80),
)
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+", re.IGNORECASE)


def carried(address: Address) -> IPv4Address | None:
    """The IPv4 address inside a v4-mapped, v4-compatible, NAT64 or 6to4 address."""
    if isinstance(address, IPv6Address):
        for network, after in _CARRIERS:
            if address in network:
                return IPv4Address(int(address) >> after & 0xFFFF_FFFF)
    return None


def is_public(text: str) -> bool:
    """Whether an IP address is on the public internet; if it contains an IPv4 address, that one decides."""
    if "%" in text:
        return False
    address = ip_address(text)
    inner = carried(address) or address
    if isinstance(inner, IPv4Address):
        return not any(inner in network for network in _CLOSED_V4)
    return inner in _OPEN_V6 and not any(inner in network for network in _CLOSED_V6)


def bare(url: str) -> str:
    """An address without the user name and password in it."""
    return _LOGIN.sub("", url)


def origin_of(url: str) -> Origin:
    """Scheme, host and port of an address, the port filled in. Raises ValueError if it has no host."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError(f"no host in {url!r}")
    return origin(parts.scheme.lower(), parts.hostname, parts.port or (443 if parts.scheme.lower() == "https" else 80))


def origin(scheme: str, host: str, port: int) -> Origin:
    """The origin of these three, with the host as all origins have it."""
    return scheme, _plain(host), port


def resolve(host: str, port: int) -> list[tuple[Any, ...]]:
    """All addresses of a host, IPv4 and IPv6 in turn, as `socket.getaddrinfo` gives them. Raises OSError."""
    import socket

    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except UnicodeError as fault:
        raise socket.gaierror(socket.EAI_NONAME, "not a valid host name") from fault
    families = list(dict.fromkeys(entry[0] for entry in found))
    columns = [[entry for entry in found if entry[0] == family] for family in families]
    return [entry for row in zip_longest(*columns) for entry in row if entry]


def dial(addresses: Sequence[tuple[Any, ...]], seconds: float, options: Iterable[Any]) -> socket.socket:
    """Connect to the first of these addresses that accepts; all tries share `seconds`. Raises OSError."""
    import socket

    until = time.monotonic() + seconds
    fault: OSError = OSError("its name has no address")
    for tries, (family, kind, protocol, _, target) in zip(range(TRIES, 0, -1), addresses, strict=False):
        line = socket.socket(family, kind, protocol)
        try:
            for option in options:
                line.setsockopt(*option)
            line.settimeout(max((until - time.monotonic()) / min(tries, len(addresses)), 0.001))
            line.connect(target)
        except OSError as each:
            line.close()
            fault = each
        else:
            line.settimeout(max(until - time.monotonic(), 0.001))
            return line
    raise fault


def refusal(fault: BaseException) -> str:
    """Why no connection was made, in a few words."""
    import socket
    import ssl

    match fault:
        case ssl.SSLCertVerificationError():
            why = f"TLS: {fault.verify_message}"
        case ssl.SSLError():
            why = f"TLS: {(fault.reason or 'no handshake').replace('_', ' ').lower()}"
        case socket.gaierror():
            why = "its name cannot be resolved"
        case TimeoutError():
            why = "no answer in time"
        case OSError(strerror=str(words)):
            why = words.lower()
        case _:
            why = str(fault)
    return why


class Guard:
    """Refuses private addresses, for requests to addresses that come from articles and feeds.

    `allow` lists networks, addresses and host names that are allowed all the same; `origins` are addresses
    whose scheme, host and port are trusted for every request; `trusted` of a call are those for this one. A name is
    judged by all addresses it resolves to, when we connect, and the connection goes to the very address that was
    judged. Behind a proxy, the proxy resolves names: then only IP addresses and `localhost` are judged here.
    """

    def __init__(self, allow: Sequence[str] = (), origins: Iterable[str] = ()) -> None:
        self._networks: list[Network] = []
        self._hosts: set[str] = set()
        for entry in allow:
            self._allow(entry)
        self._origins = {origin_of(url) for url in origins}

    def _allow(self, entry: str) -> None:
        try:
            self._networks.append(ip_network(entry.strip("[]"), strict=False))
        except ValueError as fault:
            if "/" in entry or ":" in entry or not entry.strip():
                raise ConfigError(
                    f"network.allow: {entry!r} is neither a network, an address nor a host name"
                ) from fault
            self._hosts.add(_plain(entry))

    def inspect(self, url: str, trusted: Collection[Origin] = ()) -> None:
        """Judge an address as far as that needs no name look-up. Raises Unavailable."""
        parts = urlsplit(url)
        scheme, host, port = origin_of(url)
        if (scheme, host, port) in self._origins or (scheme, host, port) in trusted:
            return
        if parts.username is not None or parts.password is not None:
            raise Unavailable(f"the address of {host} contains a user name or a password")
        address = _literal(host)
        if address:
            self.judge(scheme, host, port, [address])
        elif _NUMBER.fullmatch(host.rpartition(".")[2]):
            raise Unavailable(f"{host} is an IP address in an unusual spelling")
        elif host.rpartition(".")[2] == "localhost":
            self.judge(scheme, host, port, ["127.0.0.1"])

    def judge(
        self, scheme: str, host: str, port: int, addresses: Iterable[str], trusted: Collection[Origin] = ()
    ) -> bool:
        """Refuse a host if one of its addresses is private. Raises Unavailable.

        True if only `trusted` let it pass: then the connection is for requests with the same trust alone.
        """
        host = _plain(host)
        if (scheme, host, port) in self._origins or host in self._hosts:
            return False
        private = next((each for each in addresses if not is_public(each) and not self._listed(each)), None)
        if private is not None and (scheme, host, port) not in trusted:
            raise Unavailable(f"{host} leads to a private address ({private})", hint=HINT)
        return private is not None

    def _listed(self, text: str) -> bool:
        address = ip_address(text.partition("%")[0])
        inner = carried(address)
        return any(address in network or (inner is not None and inner in network) for network in self._networks)


def _literal(host: str) -> str | None:
    try:
        ip_address(host)
    except ValueError:
        return None
    return host


def _plain(host: str) -> str:
    """A host name for comparison: lower case, ASCII, without a dot at its end."""
    host = host.strip("[]").rstrip(".").lower()
    if not host.isascii():
        try:
            return host.encode("idna").decode()
        except UnicodeError:
            return host
    return host
