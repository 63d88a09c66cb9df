"""Asks a PDS, real or not, all questions of bluesky_questions, and says what it answered, without what changes."""

from __future__ import annotations

import json
import re
from contextlib import closing

from tests.worlds import bluesky_calls, bluesky_posts
from tests.worlds.bluesky_questions import Account, Asked, Questions, sent, tid, uploads
from tests.worlds.client import Client, Got

HANDLE, PASSWORD = "gazette.test", "abcd-efgh-ijkl-mnop"
_OURS = tid(0)[:8]
_KEY = re.compile(rf"\b(?!{_OURS}|3n3fsttt5t|3N)3[2-7a-z]{{12}}\b")
_SECRETS = ("accessJwt", "refreshJwt", "email", "didDoc")


def ask_all(url: str) -> list[dict]:
    """What the server at `url` answers to each question, in order. The account is there already."""
    with closing(Client(url)) as client:
        account, tokens = _signed_in(client)
        on = Questions(account)
        for chapter in (*bluesky_posts.CHAPTERS, *bluesky_calls.CHAPTERS):
            chapter(on)
        return [_answer(client, asked, account, tokens) for asked in on.asked]


def _signed_in(client: Client) -> tuple[Account, dict[str, str]]:
    login = {"identifier": HANDLE, "password": PASSWORD}
    session = client("POST", "/xrpc/com.atproto.server.createSession", json=login).json
    tokens = {"access": session["accessJwt"], "refresh": session["refreshJwt"]}
    blobs = {}
    for name, (data, mime) in uploads().items():
        headers = {"Authorization": f"Bearer {tokens['access']}", "Content-Type": mime}
        blobs[name] = client("POST", "/xrpc/com.atproto.repo.uploadBlob", data=data, headers=headers).json["blob"]
    return Account(session["did"], HANDLE, PASSWORD, blobs), tokens


def _answer(client: Client, asked: Asked, account: Account, tokens: dict[str, str]) -> dict:
    body, headers = sent(asked, tokens)
    got = client(asked.method, f"/xrpc/{asked.call}", data=body, headers=headers)
    return {"ask": asked.name} | _settled(got, account)


def _settled(got: Got, account: Account) -> dict:
    """Status and body, without tokens and what else differs from run to run."""
    try:
        said = json.loads(got.body) if got.body else None
    except ValueError:
        said = got.body.decode("utf-8", "replace")[:60]
    if isinstance(said, dict):
        said = {name: _shown(name, value) for name, value in said.items()}
    text = json.dumps(said, ensure_ascii=False).replace(account.did, "<did>")
    text = re.sub(r"Commit was at \w+", "Commit was at <cid>", _KEY.sub("<key>", text))
    return {"status": got.status, "said": json.loads(text)}


def _shown(name: str, value: object) -> object:
    if name in _SECRETS:
        return f"<{name}>"
    if name == "commit" and isinstance(value, dict):
        return sorted(value)
    if name == "records" and isinstance(value, list):
        return [*[each["uri"] for each in value][:3], len(value)]
    if isinstance(value, dict) and name == "value":
        return sorted(value)
    return value
