"""The stand-in for a Misskey server, or for Sharkey, where notes can be edited.

packages/backend/src/server/api: endpoints/notes/create.ts (kakkokari-gtyih/misskey @ 6e3f8a9b), edit.ts
(Lhcfl/sharkey-stelpolva @ 184707e0), users/notes.ts, ApiServerService.ts (@ 3dc013f8), read 2026-11-29. `edits` False
makes it Misskey, which knows no edit; `max_characters` is what `meta` states; `hourly` limits notes, on a real one to
300.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlencode

from syndicate.sandbox.board import Board
from syndicate.sandbox.exchange import Answer, Received, Route, Table, answer, instant, text_answer
from syndicate.sandbox.networks import _misskey_refusals
from syndicate.sandbox.networks._misskey_drive import MAX_FILE_BYTES, Drive, public
from syndicate.sandbox.networks._misskey_mfm import read
from syndicate.sandbox.networks._misskey_refusals import MisskeyRefusal, invalid

VISIBILITIES = ("public", "home", "followers", "specified")
MAX_WARNING = 100
MAX_FILES = 16
DEAD = "dead"
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class MisskeyStandIn:
    """A fake Misskey server. Each token is its own account; "dead" is no token."""

    title: ClassVar[str] = "Misskey"
    colours: ClassVar[tuple[str, str]] = ("#4a7a1f", "#9fd36a")

    def __init__(
        self,
        board: Board,
        clock: Callable[[], float],
        url: str,
        *,
        max_characters: int = 3000,
        edits: bool = True,
        hourly: int | None = None,
    ) -> None:
        self._board, self._clock, self._url = board, clock, url
        self._max_characters, self._hourly = max_characters, hourly
        self._count = 0
        self._drive = Drive(board, url, self._number)
        self._sessions: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        self._table = Table(
            ("POST", "/api/notes/create", "commit", self._create),
            *([("POST", "/api/notes/edit", "edit", self._edit)] if edits else []),
            ("POST", "/api/notes/delete", "delete", self._delete),
            ("POST", "/api/notes/show", "read", self._show),
            ("POST", "/api/users/notes", "read", self._list),
            ("POST", "/api/i", "read", self._me),
            ("POST", "/api/meta", "read", self._meta),
            ("POST", "/api/drive/files/create", "upload", self._upload),
            ("POST", "/api/drive/files/update", "upload", self._describe),
            ("GET", "/miauth/*", "login", self._page),
            ("POST", "/api/miauth/*/check", "login", self._check),
        )
        self.clear()

    def clear(self) -> None:
        """Forget notes and files."""
        self._notes: dict[str, dict[str, Any]] = {}
        self._made: dict[str, list[float]] = {}
        self._drive.clear()

    def route(self, method: str, path: str) -> Route | None:
        """Routes for the endpoints of Misskey, under /api/, and for the page of signing in.

        Not for a method's name, such as Slack's /api/chat.postMessage.
        """
        if not path.startswith(("/api/", "/miauth/")) or "." in path.split("/")[2]:
            return None
        step, operation = self._table.find(method, path) or ("read", _nothing)
        return Route("misskey", step, lambda request: self._run(operation, request))

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:  # noqa: ARG002 - all steps alike
        """The failure as Misskey's JSON."""
        return _misskey_refusals.of(fault, retry_after, self._clock())

    def _run(self, operation: Callable[[Received], Answer], request: Received) -> Answer:
        try:
            return operation(request)
        except MisskeyRefusal as fault:
            return fault.answer()
        except ValueError:
            return answer(400, None)

    def _asked(self, request: Received) -> tuple[str, dict[str, Any]]:
        """Whose call it is, and its fields. Raises MisskeyRefusal."""
        fields, _ = request.fields()
        token = str(fields.get("i") or "")
        if not token:
            raise MisskeyRefusal(401, "CREDENTIAL_REQUIRED", "Credential required.")
        if token == DEAD:
            words = "Authentication failed. Please ensure your token is correct."
            raise MisskeyRefusal(401, "AUTHENTICATION_FAILED", words)
        return self._tokens.get(token, f"user{sum(token.encode()):x}"), fields

    def _create(self, request: Received) -> Answer:
        owner, asked = self._asked(request)
        self._limit(owner)
        fields = self._checked(owner, asked)
        number, created = self._number(), instant(self._clock())
        note = {"id": number, "createdAt": created, "userId": owner, "user": self._user(owner), "renoteId": None}
        self._notes[number] = note | fields
        self._put(self._notes[number])
        return answer(200, {"createdNote": self._packed(self._notes[number])})

    def _edit(self, request: Received) -> Answer:
        owner, asked = self._asked(request)
        note = self._found(str(asked.get("editId")))
        if note["userId"] != owner:
            raise MisskeyRefusal(400, "YOU_ARE_NOT_THE_AUTHOR", "You are not the author of this note.")
        note |= self._checked(owner, asked)
        self._put(note, edited_at=instant(self._clock()))
        return answer(200, {"createdNote": self._packed(note)})

    def _checked(self, owner: str, asked: dict[str, Any]) -> dict[str, Any]:
        """The fields of a note. Raises MisskeyRefusal."""
        text, warning = asked.get("text"), asked.get("cw")
        numbers = asked.get("fileIds")
        if text is not None and (not isinstance(text, str) or not text):
            raise invalid("/properties/text/minLength", "must NOT have fewer than 1 characters")
        if text and len(text.encode("utf-16-le", "surrogatepass")) // 2 > self._max_characters:
            raise MisskeyRefusal(400, "MAX_LENGTH", "You tried posting a note which is too long.")
        if warning is not None and not 1 <= len(warning) <= MAX_WARNING:
            raise invalid("/properties/cw/maxLength", f"must NOT have more than {MAX_WARNING} characters")
        if asked.get("visibility", "public") not in VISIBILITIES:
            raise invalid("/properties/visibility/enum", "must be equal to one of the allowed values")
        if numbers is not None and (not 1 <= len(numbers) <= MAX_FILES or len(set(numbers)) < len(numbers)):
            raise invalid("/properties/fileIds/uniqueItems", f"must have 1 to {MAX_FILES} items, all different")
        if not (text or "").strip() and not numbers:
            raise invalid("/then/required", "must have required property 'text'")
        if asked.get("replyId") and str(asked["replyId"]) not in self._notes:
            raise MisskeyRefusal(400, "NO_SUCH_REPLY_TARGET", "No such reply target.")
        files = self._drive.named(owner, [str(number) for number in numbers or ()])
        kept = {"visibility": asked.get("visibility", "public"), "localOnly": bool(asked.get("localOnly"))}
        return kept | {"text": text, "cw": warning, "replyId": asked.get("replyId"), "_files": files}

    def _limit(self, owner: str) -> None:
        """Raise MisskeyRefusal after so many notes in an hour."""
        now = self._clock()
        made = self._made[owner] = [at for at in self._made.get(owner, []) if at > now - 3600]
        if self._hourly is not None and len(made) >= self._hourly:
            raise MisskeyRefusal(
                429,
                "RATE_LIMIT_EXCEEDED",
                "Rate limit exceeded. Please try again later.",
                {"remaining": 0, "resetMs": (made[0] + 3600) * 1000},
            )
        made.append(now)

    def _put(self, note: dict[str, Any], **changed: Any) -> None:
        seen = read(note["text"] or "")
        self._board.put(
            "misskey",
            note["id"],
            account=note["userId"],
            text=seen.text,
            sent=note["text"],
            link=seen.links[0] if seen.links else None,
            links=seen.links,
            formatted=seen.nodes,
            media=[each["_board"] | {"alt": each["comment"] or ""} for each in note["_files"]],
            permalink=f"{self._url}/notes/{note['id']}",
            at=note["createdAt"],
            visibility=note["visibility"],
            warning=note["cw"] or "",
            sensitive=any(each["isSensitive"] for each in note["_files"]),
            reply_to=note["replyId"],
            **changed,
        )

    def _delete(self, request: Received) -> Answer:
        owner, asked = self._asked(request)
        note = self._found(str(asked.get("noteId")))
        if note["userId"] != owner:
            raise MisskeyRefusal(403, "ACCESS_DENIED", "Access denied.")
        del self._notes[note["id"]]
        self._board.remove("misskey", note["id"], instant(self._clock()))
        return Answer(204)

    def _show(self, request: Received) -> Answer:
        _, asked = self._asked(request)
        return answer(200, self._packed(self._found(str(asked.get("noteId")))))

    def _list(self, request: Received) -> Answer:
        """List notes, newest first, `limit` of them (10, at most 100), before `untilId`."""
        _, asked = self._asked(request)
        limit = int(asked.get("limit", 10))
        if not 1 <= limit <= 100:
            raise invalid("/properties/limit/maximum", "must be <= 100")
        until = str(asked.get("untilId") or "~")
        mine = [note for note in self._notes.values() if note["userId"] == asked.get("userId") and note["id"] < until]
        return answer(
            200, [self._packed(note) for note in sorted(mine, key=lambda each: each["id"], reverse=True)[:limit]]
        )

    def _me(self, request: Received) -> Answer:
        owner, _ = self._asked(request)
        return answer(200, self._user(owner) | {"policies": {"maxFileSizeMb": MAX_FILE_BYTES // 1_000_000}})

    def _meta(self, _: Received) -> Answer:
        about = {"name": "Sandbox", "version": "2026.11.0", "uri": self._url, "features": {"miauth": True}}
        return answer(200, about | {"maxNoteTextLength": self._max_characters})

    def _upload(self, request: Received) -> Answer:
        owner, _ = self._asked(request)
        return answer(200, self._drive.add(owner, request))

    def _describe(self, request: Received) -> Answer:
        owner, asked = self._asked(request)
        return answer(200, self._drive.update(owner, asked))

    def _page(self, request: Received, session: str) -> Answer:
        """The page of MiAuth; its links are the same address with `allow`, and `as` names who answers."""
        asked = request.query
        if "allow" not in asked:
            yes, no = (f"{request.path}?{urlencode({**asked, 'allow': each})}" for each in ("yes", "no"))
            page = f'<a id="yes" href="{yes}">Allow</a> <a id="no" href="{no}">Deny</a>'
            return text_answer(200, f"<!doctype html><title>Misskey</title><p>{asked.get('permission', '')}<p>{page}\n")
        if asked["allow"] != "yes" or not asked.get("callback"):
            return text_answer(200, "<!doctype html><title>Misskey</title><p>Denied\n")
        token = secrets.token_urlsafe(24)
        self._tokens[token] = asked.get("as") or "gazette"
        self._sessions[session] = token
        mark = "&" if "?" in asked["callback"] else "?"
        return text_answer(302, "", {"Location": f"{asked['callback']}{mark}session={session}"})

    def _check(self, _: Received, session: str) -> Answer:
        token = self._sessions.pop(session, None)
        if token is None:
            return answer(200, {"ok": False})
        return answer(200, {"ok": True, "token": token, "user": self._user(self._tokens[token])})

    def _user(self, owner: str) -> dict[str, Any]:
        return {"id": owner, "username": owner, "name": owner, "host": None, "isBot": True}

    def _packed(self, note: dict[str, Any]) -> dict[str, Any]:
        files = [public(each) for each in note["_files"]]
        shown = {name: value for name, value in note.items() if not name.startswith("_")}
        return shown | {"files": files, "fileIds": [each["id"] for each in files]}

    def _found(self, number: str) -> dict[str, Any]:
        if number not in self._notes:
            raise MisskeyRefusal(400, "NO_SUCH_NOTE", "No such note.")
        return self._notes[number]

    def _number(self) -> str:
        """A new id, as Misskey's aidx: the time in milliseconds and a count, both in base 36, always increasing."""
        self._count += 1
        return _base36(int(self._clock() * 1000), 9) + _base36(self._count, 7)


def _base36(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits


def _nothing(_: Received) -> Answer:
    raise MisskeyRefusal(404, "UNKNOWN_API_ENDPOINT", "Unknown API endpoint.")


network = MisskeyStandIn
