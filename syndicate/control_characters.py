"""Makes characters visible that would act on a terminal, in a log or in a message instead of being read. Pure.

They are the control characters (C0, DEL, C1), the line separators, the characters that turn the direction of what
follows, and halves of characters. The marks U+200E, U+200F and U+061C stay: right-to-left text has them, and they turn
nothing but what stands beside them.
"""

from __future__ import annotations

import re

_ACTING = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff"
ACTING = re.compile(f"[{_ACTING}]")
"""One such character; a tab and the end of a line are none."""
_ACTING_OR_BREAK = re.compile(f"[\t\n{_ACTING}]")
_CONTROL = bytes((*range(9), *range(0x0B, 0x20), 0x7F))
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def visible(text: str) -> str:
    r"""Each such character by its number, `\x1b` or `\u202e`; line ends and tabs stay."""
    return text if _harmless(text) else ACTING.sub(_number, text)


def on_one_line(text: str) -> str:
    r"""The same, with line ends and tabs as `\n` and `\t`."""
    return _ACTING_OR_BREAK.sub(lambda found: _SHORT.get(found[0]) or _number(found), text)


def visible_json(value: object) -> object:
    """A JSON value whose strings are visible, those inside it too."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {visible(str(name)): visible_json(item) for name, item in value.items()}
    return [visible_json(item) for item in value] if isinstance(value, list | tuple) else value


def escaped_json(written: str) -> str:
    r"""JSON as it is written, with JSON's own escapes for these characters (`\u009b`): it means the same."""
    return written if _harmless(written) else ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def _harmless(text: str) -> bool:
    """Whether the text surely has no such character: most has none, and this takes a tenth of the time.

    None of them is printable (their categories are Cc, Cf, Cs, Zl and Zp).
    """
    if text.replace("\n", "").isprintable():
        return True
    return text.isascii() and len(text.encode().translate(None, _CONTROL)) == len(text)


def _number(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
