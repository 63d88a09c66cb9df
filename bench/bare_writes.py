"""N writes, one after the other, and nothing else: `python bare_writes.py API_URL N`."""

import sys

import click
import jinja2
import pydantic
import requests
import ruamel.yaml

LIBRARIES = (click, jinja2, pydantic, ruamel.yaml)


def main(api: str, count: str) -> None:
    session = requests.Session()
    session.trust_env = False
    for number in range(int(count)):
        reply = session.post(
            f"{api}/api/v1/statuses",
            json={"status": f"Story {number} https://gazette.example/{number}"},
            headers={"Authorization": "Bearer bare"},
            timeout=30,
        )
        reply.raise_for_status()


main(*sys.argv[1:])
