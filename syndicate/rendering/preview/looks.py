"""A network's look as a rule of the preview's style sheet, and a plain look for a network without one."""

from __future__ import annotations

from syndicate.model import Look


def plain(platform: str) -> Look:
    """The look of a network whose adapter states none."""
    return Look(platform.capitalize(), platform[:1].upper())


def rule(style: str, look: Look) -> str:
    """What the class `style` means for whatever bears it: the mark, and the box of a post."""
    tint, paper = (f"light-dark({light}, {dark})" for light, dark in (look.tint, look.paper))
    outer, inner = look.corners
    values = {"own": look.colour, "tint": tint, "card": paper, "corner": f"{outer}px", "inner": f"{inner}px"}
    return f".{style} {{ {' '.join(f'--{name}: {value};' for name, value in values.items())} }}"
