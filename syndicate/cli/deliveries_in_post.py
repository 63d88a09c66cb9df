"""`syndicate deliveries retry --in-post`: puts the link of a reply that did not come into the post itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from syndicate.cli.options import Shared
from syndicate.cli.output import print_json
from syndicate.delivery import link_in_post
from syndicate.errors import SyndicateError
from syndicate.serialization import delivery_record

if TYPE_CHECKING:
    from syndicate.app.wiring import App
    from syndicate.model import Delivery


def put_into_post(app: App, reply: Delivery, shared: Shared) -> None:
    """Edit the post of a reply now, and print what became of it. Raises SyndicateError if it is not edited."""
    named = f"{reply.key[:8]} {reply.account}"
    known = app.config.accounts.get(reply.account)
    if known is None:
        raise SyndicateError(f"{reply.key[:8]}: the account '{reply.account}' is not in the config")
    platform = app.lanes.of(reply.account).platform
    edit = link_in_post.put_into_post(reply, known.account, platform, app.deliver, app.ledger)
    if shared.json:
        print_json(delivery_record(edit))
    elif edit.state == "posted":
        click.echo(f"{named}: its link is in the post: {edit.permalink}")
    if edit.state != "posted":
        later = "" if edit.state in ("failed", "skipped") else "; the next run tries again"
        raise SyndicateError(f"{named}: the post is not edited: {edit.error or edit.reason or edit.state}{later}")
