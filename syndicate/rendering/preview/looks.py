"""Makes a CSS rule of a network's look, and a plain look for a network that has none."""

from __future__ import annotations

from syndicate.model import Look


def plain(platform: str) -> Look:
    """The look of a network whose adapter has none."""
    return Look(platform.capitalize(), platform[:1].upper())


def rule(style: str, look: Look) -> str:
    """The CSS rule of the class `style`, for a network's mark and the box of its posts."""
    tint, paper = (f"light-dark({light}, {dark})" for light, dark in (look.tint, look.paper))
    outer, inner = look.corners
    values = {"own": look.colour, "tint": tint, "card": paper, "corner": f"{outer}px", "inner": f"{inner}px"}
    return f".{style} {{ {' '.join(f'--{name}: {value};' for name, value in values.items())} }}"
