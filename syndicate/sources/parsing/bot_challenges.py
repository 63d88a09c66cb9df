"""Recognises bot checks: pages that a protection service sends with status 200 instead of the document.

Only marks of the check itself count, not what these services add to ordinary pages.
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
HINT = "allow this program: its User-Agent begins with syndicate/"


def challenger(body: bytes) -> str | None:
    """The service whose bot check a page is, or None."""
    if len(body) > LARGEST:
        return None
    small = body.lower()
    return next((name for mark, name in _MARKS.items() if mark in small), None)
