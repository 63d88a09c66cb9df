"""The commands of the pages, typed in their order, against a site and a sandbox; what they print is on the page."""

from __future__ import annotations

import re

import pytest

from tests.worlds.transcripts import agree, steps

ACCOUNTS = """\
accounts:
  masto: {{platform: mastodon, url: "https://social.example", token: "${{MASTODON_TOKEN}}", api_url: "{url}"}}
  bsky: {{platform: bluesky, handle: gazette.example, app_password: "${{BLUESKY_APP_PASSWORD}}", api_url: "{url}"}}
"""


def joined_accounts(reader) -> None:
    """The reader has added accounts; ours lead to the sandbox, so that nothing leaves this machine."""
    path = reader.folder / "config.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.partition("accounts:")[0] + ACCOUNTS.format(url=reader.sandbox.url), encoding="utf-8")


@pytest.mark.parametrize("page", ["README.md", "docs/tutorial.md"])
def test_a_newcomer_types_what_stands_there_and_sees_what_stands_there(page, reader) -> None:
    commands = [step for step in steps(page) if step[0].startswith("syndicate ")]
    assert len(commands) >= 4
    for command, shown in commands:
        if "--sandbox" in command:
            joined_accounts(reader)
        if "--article" in command:
            reader.site.write("ferry-cat")
        code, printed = reader.types(reader.here(command), len(shown))
        assert code == 0, "\n".join([command, *printed])
        agree(shown, printed)
    received = sorted(post["platform"] for post in reader.sandbox.posts())
    assert received == ([] if page == "README.md" else ["bluesky", "mastodon"])


def test_a_held_delivery_is_shown_and_resolved_as_the_guide_says(reader) -> None:
    hook = f"{{platform: webhook, url: '{reader.sandbox.url}/webhook/newsletter'}}"
    (reader.folder / "config.yaml").write_text(
        f"site: {{name: Gazette, url: '{reader.site.url}/'}}\n"
        f"sources: {{news: {{url: '{reader.site.url}/rss.xml'}}}}\n"
        f"accounts: {{newsletter: {hook}}}\n",
        encoding="utf-8",
    )
    assert reader.types("syndicate post")[0] == 0
    reader.sandbox.add_faults([{"platform": "webhook", "step": "commit", "fault": "drop_after"}])
    reader.site.write("ferry-cat")
    post, show, resolve = steps("docs/guides/when-something-is-held.md")[:3]
    code, printed = reader.types(post[0])
    agree(post[1], printed)
    assert code == 1
    (key,) = {word for line in printed for word in re.findall(r"\b[0-9a-f]{8}\b", line)}
    code, printed = reader.types(show[0].replace("52f0482a", key))
    agree(show[1], printed)
    assert code == 0
    assert reader.types(resolve[0].replace("52f0482a", key))[0] == 0
    assert reader.types(post[0])[0] == 0
    assert len(reader.sandbox.posts()) == 1
