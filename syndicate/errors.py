"""All expected errors. A leaf tells the caller what to do next; no two leaves share an answer.

SyndicateError
├── ConfigError     the config, a setting or a command's words: nothing was started
├── SourceError     this source, this time; the others go on
├── RenderError     template, line, the missing name: the delivery waits until the template is fixed
│   └── TooLong     no shortening makes this text fit: the delivery has failed
├── LedgerError     the database: locked, read-only, full
│   ├── NewerLedger     a newer version has changed its tables: this program stops, and the newer one is started
│   └── LedgerAway      its server cannot be reached, or can take nothing now: wait, and go on
└── PlatformError               what the delivery loop does
    ├── Rejected                this post, never: mark failed, show the platform's words
    │   ├── PictureRefused      its picture: again with a smaller one, else without it
    │   └── TextRefused         its text is too long as the network counts: once more, shorter
    ├── AuthError               this account, until a person acts: refresh once, else pause the account
    ├── RateLimited             later: wait `retry_after`, whole account
    ├── Unavailable             nothing was published: back off, try again
    ├── NotReady                the network is still working on it: come back after `retry_after`
    ├── Uncertain               it may have been published: `find` first, never blind
    └── Unsupported             this API cannot do that
"""

from __future__ import annotations

from typing import Any, TypeVar

from syndicate.control_characters import visible


class SyndicateError(Exception):
    """An error for people: printed as one line on standard error, then `hint` on a line of its own.

    Characters in it that could act on a terminal are made visible, since it is printed, logged and stored.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(visible(message))
        self.hint = hint and visible(hint)


F = TypeVar("F", bound=SyndicateError)


def reworded(fault: F, message: str, hint: str | None = None) -> F:
    """A copy of `fault` with another message, to raise or keep instead of it. `hint` None: the hint stays."""
    other = type(fault).__new__(type(fault), message)
    other.__dict__.update(fault.__dict__)
    other.hint = hint or fault.hint
    return other


def prefixed(name: str, fault: F) -> F:
    """`fault` with `name: ` before its message, unless that is there already."""
    return fault if str(fault).startswith(f"{name}:") else reworded(fault, f"{name}: {fault}")


class ConfigError(SyndicateError):
    """All mistakes at once: the message has one line for each, `path:line:column: what`."""


class SourceError(SyndicateError):
    """A source could not be read; `retry_after` is in seconds, if the server gave one.

    `gone`: it answered 410, gone for good. `absent`: the address that we asked, not one it redirects to,
    answered 404 or 410. `pressed`: we ask too often (429). `status` is the HTTP status, if that was the fault.
    `found` is what the document is instead, if recognised: "page", "sitemap", "opml", "newsml", "json".
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        retry_after: float | None = None,
        gone: bool = False,
        absent: bool = False,
        pressed: bool = False,
        status: int | None = None,
        found: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after
        self.gone = gone
        self.absent = absent
        self.pressed = pressed
        self.status = status
        self.found = found


class RenderError(SyndicateError):
    """A template cannot be rendered: names the file, the line and what is missing."""


class TooLong(RenderError):
    """The text is over the limit, and nothing more in it may be shortened."""


class LedgerError(SyndicateError):
    """The database cannot be used as it is."""


class NewerLedger(LedgerError):
    """A newer version has changed the ledger in a way that this program must not go on with."""


class LedgerAway(LedgerError):
    """The server of the database cannot be reached, or can take nothing just now; later it may, as it is."""


class PlatformError(SyndicateError):
    """Something a network answered, or did not. `status` is the HTTP status, if there was one.

    `prepared` is what arrived before it while a post was prepared, for the next `prepare`; None where nothing did.
    `picture` is the file of the picture that it was about, where that is known.
    """

    def __init__(self, message: str, *, hint: str | None = None, status: int | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.prepared: dict[str, Any] | None = None
        self.picture: str | None = None


class Rejected(PlatformError):
    """The network refuses this post and will refuse it again."""


class PictureRefused(Rejected):
    """The network refuses a picture of this post, not the post: it goes with a smaller picture, else without.

    `smaller`: a smaller picture may be taken. `description`: only the picture's description was refused.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        status: int | None = None,
        smaller: bool = True,
        description: bool = False,
    ) -> None:
        super().__init__(message, hint=hint, status=status)
        self.smaller = smaller
        self.description = description


class TextRefused(Rejected):
    """The network counts the text as too long: it is rendered once more, with addresses counted in full."""


class AuthError(PlatformError):
    """The network refuses the login: the token is missing, expired or revoked."""


class RateLimited(PlatformError):
    """Too many requests; nothing was published. `retry_after` in seconds, None if it was not said.

    `capped`: a quota is spent, or the account is blocked for a while: it waits an hour or more, and a person is told.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        hint: str | None = None,
        status: int | None = None,
        capped: bool = False,
    ) -> None:
        super().__init__(message, hint=hint, status=status)
        self.retry_after = retry_after
        self.capped = capped


class Unavailable(PlatformError):
    """The network could not be reached or was not working; nothing was published.

    `unresolved`: its host name could not be resolved from here. `gateway`: a firewall or proxy before it answered.
    `astray`: the address leads to something else than the API, such as a redirect: no post can arrive, and a person is
    told.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        hint: str | None = None,
        status: int | None = None,
        unresolved: bool = False,
        gateway: bool = False,
        astray: bool = False,
    ) -> None:
        super().__init__(message, hint=hint, status=status)
        self.retry_after = retry_after
        self.unresolved = unresolved
        self.gateway = gateway
        self.astray = astray


class NotReady(PlatformError):
    """The network is still working on an upload or container. `prepared` is stored for the next `prepare`."""

    def __init__(self, message: str, *, prepared: dict[str, Any], retry_after: float = 5.0) -> None:
        super().__init__(message)
        self.prepared: dict[str, Any] = prepared
        self.retry_after = retry_after


class Uncertain(PlatformError):
    """No answer, or none that can be read: the post may have been published."""


class Unsupported(PlatformError):
    """This network, or this account, has no way to do that."""
