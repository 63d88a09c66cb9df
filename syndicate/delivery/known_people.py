"""Gives a post the accounts that it mentions, as far as they were asked for within a day, and keeps new answers."""

from __future__ import annotations

from dataclasses import replace

from syndicate.ledger import Ledger
from syndicate.model import Draft, Post

PEOPLE = "people"
"""What an adapter puts into its draft: the accounts that it asked for, by their handles in small letters."""


def with_people(post: Post, network: str, ledger: Ledger) -> Post:
    """The post with the accounts that are known to have the handles that it mentions."""
    handles = {span.value.lower() for span in post.spans if span.kind == "mention"}
    known = ledger.handles.known(network, handles, ledger.now()) if handles else {}
    return replace(post, people=known) if known else post


def remembered(draft: Draft, post: Post, network: str, ledger: Ledger) -> Draft:
    """The draft as it is stored, without the accounts that were asked for: these are kept for other posts."""
    people = draft.get(PEOPLE)
    if people is None:
        return draft
    asked = {handle: who for handle, who in people.items() if handle not in post.people}
    if asked:
        ledger.handles.found(network, asked, ledger.now())
    return {name: value for name, value in draft.items() if name != PEOPLE}
