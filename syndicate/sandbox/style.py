"""The style of the sandbox's pages: that of all pages of syndicate, and what is its own."""

from __future__ import annotations

from importlib.resources import files


def style() -> str:
    """The style sheet."""
    return files("syndicate").joinpath("pages.css").read_text("utf-8") + page_file("page.css")


def page_file(name: str) -> str:
    """A file beside this module."""
    return files("syndicate.sandbox").joinpath(name).read_text("utf-8")
