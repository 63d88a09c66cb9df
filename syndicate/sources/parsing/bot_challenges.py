"""Pages that a site's doorkeeper sends instead of what was asked for, with status 200, until a browser proves itself.

The marks are those of the challenge itself: what these services add to ordinary pages is not among them.
"""

from __future__ import annotations

LARGEST = 200_000  # bytes; a challenge is small, and a page that writes about one is not
_MARKS = {
    b"_cf_chl_opt": "Cloudflare",
    b"<title>attention required! | cloudflare": "Cloudflare",
    b"incapsula incident id": "Imperva",
    b"geo.captcha-delivery.com": "DataDome",
    b'id="px-captcha"': "HUMAN",
    b"sucuri_cloudproxy_js": "Sucuri",
    b"anubis_challenge": "Anubis",
    b"/.well-known/sgcaptcha/": "SiteGround",
    b"<title>ddos-guard": "DDoS-Guard",
    b"<title>vercel security checkpoint": "Vercel",
}
HINT = "let this program through: its User-Agent begins with syndicate/"


def challenger(body: bytes) -> str | None:
    """Whose challenge a page is, or None."""
    if len(body) > LARGEST:
        return None
    small = body.lower()
    return next((name for mark, name in _MARKS.items() if mark in small), None)
