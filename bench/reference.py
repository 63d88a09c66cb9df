"""The least a careful program does: read a feed, render, post, with three durable commits a delivery.

    python reference.py FEED_URL API_URL DATABASE

Same imports, same HTTP library, same database settings as syndicate; no ledger, no recovery.
"""

import sqlite3
import sys
import xml.etree.ElementTree as ET

import click
import jinja2
import pydantic
import requests
import ruamel.yaml

LIBRARIES = (click, pydantic, ruamel.yaml)
TEMPLATE = "{{ title }}\n\n{{ summary }}\n\n{{ link }}\n#{{ tag }}"


def opened(path: str) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE IF NOT EXISTS post (guid TEXT PRIMARY KEY, state TEXT, text TEXT, url TEXT)")
    return database


def entries(session: requests.Session, url: str) -> list[dict[str, str]]:
    reply = session.get(url, timeout=30)
    reply.raise_for_status()
    items = ET.fromstring(reply.content).iter("item")
    names = {"title": "title", "summary": "description", "link": "link", "guid": "guid", "tag": "category"}
    return [{name: item.findtext(tag, "") for name, tag in names.items()} for item in items]


def main(feed: str, api: str, path: str) -> None:
    database = opened(path)
    template = jinja2.Environment(autoescape=False).from_string(TEMPLATE)
    session = requests.Session()
    session.trust_env = False
    sent = 0
    for entry in reversed(entries(session, feed)):
        text = template.render(entry)
        claimed = database.execute(
            "INSERT INTO post (guid, state) VALUES (?, 'claimed') ON CONFLICT DO NOTHING", (entry["guid"],)
        )
        if not claimed.rowcount:
            continue
        database.execute("UPDATE post SET state = 'sending', text = ? WHERE guid = ?", (text, entry["guid"]))
        reply = session.post(
            f"{api}/api/v1/statuses",
            json={"status": text},
            headers={"Authorization": "Bearer bench", "Idempotency-Key": entry["guid"]},
            timeout=30,
        )
        reply.raise_for_status()
        database.execute(
            "UPDATE post SET state = 'posted', url = ? WHERE guid = ?", (reply.json()["url"], entry["guid"])
        )
        sent += 1
    print(sent)


main(*sys.argv[1:])
