"""The errors of a Misskey server (ApiCallService.ts, kakkokari-gtyih/misskey @ 2a1ab6e4, read 2026-11-29)."""

from __future__ import annotations

from typing import Any

from syndicate.sandbox.exchange import Answer, answer


class MisskeyRefusal(Exception):
    """An error: HTTP status, code, message, and what it says besides."""

    def __init__(self, status: int, code: str, words: str, info: dict[str, Any] | None = None, **headers: str) -> None:
        super().__init__(words)
        self.status = status
        self.code = code
        self.info = info
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(self) -> Answer:
        """The error as the server sends it."""
        kind = "permission" if self.status == 403 else "server" if self.status >= 500 else "client"
        error = {"message": str(self), "code": self.code, "id": "00000000-0000-4000-8000-000000000000", "kind": kind}
        return answer(self.status, {"error": error | ({"info": self.info} if self.info else {})}, self.headers)


def invalid(param: str, reason: str) -> MisskeyRefusal:
    """A field that is not as it has to be."""
    return MisskeyRefusal(400, "INVALID_PARAM", "Invalid param.", {"param": param, "reason": reason})


def of(fault: str, retry_after: float | None, now: float) -> Answer:
    """A 401, 429, 500 or 503 as Misskey and the proxy before it report it."""
    if fault == "401":
        words = "Authentication failed. Please ensure your token is correct."
        return MisskeyRefusal(401, "AUTHENTICATION_FAILED", words).answer()
    if fault == "429":
        wait = 60 if retry_after is None else retry_after
        words = "Rate limit exceeded. Please try again later."
        told = {"remaining": 0, "resetMs": (now + wait) * 1000}
        return MisskeyRefusal(429, "RATE_LIMIT_EXCEEDED", words, told, Retry_After=f"{wait:g}").answer()
    if fault == "503":
        headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
        return answer(503, {}, headers)
    words = "Internal error occurred. Please contact us if the error persists."
    return MisskeyRefusal(500, "INTERNAL_ERROR", words).answer()
