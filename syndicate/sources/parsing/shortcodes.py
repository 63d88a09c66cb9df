"""Removes shortcodes that a system did not replace: `[caption id="…"]…[/caption]`, `[vc_row]`, `[gallery ids="1,2"]`.

https://codex.wordpress.org/Shortcode; what only stands in brackets (`[sic]`, `[1]`, "[video]") is text.
"""

from __future__ import annotations

import re

from syndicate.model.pattern import pattern

_VALUE = r"""(?:"[^"\[\]]{0,500}"|'[^'\[\]]{0,500}'|[“”″„][^“”″\[\]]{0,500}[“”″]|[‘’][^‘’\[\]]{0,500}[‘’])"""  # noqa: RUF001 - WordPress's quotes
_OPENED = r"(?<![\w\[])\["
_WHOLE = pattern(
    rf"{_OPENED}(caption|wp_caption|embed|audio|video|playlist|gallery|youtube|vimeo|soundcloud|tweet|twitter|instagram"
    r"|script|contact-form|googlemaps?|map)(?:\s[^\[\]]{0,1000})?\].{0,2000}?\[/\1\]",
    re.IGNORECASE | re.DOTALL,
)
"""Shortcodes whose content is no text of the article either."""
_TOLD = pattern(rf"{_OPENED}[a-zA-Z][\w-]{{1,60}}(?:\s+[\w-]{{1,60}}\s?=\s?{_VALUE})[^\[\]]{{0,3000}}\]")
_CLOSING = pattern(r"\[/([a-zA-Z][\w-]{0,60})\]")
_LONE = pattern(
    rf"{_OPENED}(?:[a-z][a-z0-9]{{0,20}}_[a-z0-9_]{{2,40}}|gallery|playlist|contact-form-7|gravityform|wpforms|rev_slider)"
    r"(?:\s[^\[\]=]{1,60}=[^\[\]]{0,1000})?\s?/?\]"
)


MOST = 30  # different shortcodes in one text


def removed(text: str) -> str:
    """The text without shortcodes."""
    if "[" not in text:
        return text
    text = _TOLD.sub("", _WHOLE.sub("", text))
    for name in [*dict.fromkeys(_CLOSING.findall(text))][:MOST]:
        text = re.sub(rf"{_OPENED}/?{re.escape(name)}(?:\s[^\[\]]{{0,1000}})?\]|\[/{re.escape(name)}\]", "", text)
    return _LONE.sub("", text)
