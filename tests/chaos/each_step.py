"""Kills a run at each of its steps, in a process of its own (`steps.py`), and reads what became of its stories."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from cryptography.fernet import Fernet

from syndicate.sandbox.server import Sandbox
from tests import processes
from tests.chaos.networks import accounts
from tests.waiting import PATIENCE
from tests.worlds.site import Site

CONFIG = """site: {{name: Gazette, url: "{site}/", language: en}}
sources: {{news: {{url: "{site}/rss.xml", every: 1s, preflight: {preflight}}}}}
lease: 20s
recover: off
network: {{timeout: 10s}}
defaults: {{image: none, settle: 0s{more}}}
{accounts}
"""


def killed_at_each_step(folder, network, stories, server=None, every=1, more="", again="", body=""):
    """What became of these stories, for each moment of a run at which it was killed, or for each of so many. `more` are
    further settings of the account, and `body` is the text of each story.
    """
    name = server and server.empty()
    environ = os.environ | {"SYNDICATE_KEY": Fernet.generate_key().decode()} if server else None
    site = Site()
    with Sandbox(port=0) as sandbox:
        path = folder / "config.yaml"
        preflight = "5m" if stories == 1 else "off"
        path.write_text(
            CONFIG.format(site=site.url, accounts=accounts(sandbox.url, [network]), preflight=preflight, more=more),
            encoding="utf-8",
        )
        command = [sys.executable, "-m", "syndicate", "-c", str(path)]
        steps = [sys.executable, "-m", "tests.chaos.steps", str(path), sandbox.url, str(every)]
        if server:
            path.write_text(f"database: {server.address(name)}\n{path.read_text('utf-8')}", encoding="utf-8")
            processes.run([*command, "db", "upgrade"], env=environ)
            steps.append(server.address(name))
        processes.run([*command, "post"], env=environ)
        published = site.publish(stories, body=body)
        if again:
            processes.run([*command, "post", "--wait", "1m"], env=environ)
            steps += ["", "post", "--article", site.link(published[0]), "--again", "--text", again]
        done = processes.run(steps, cwd=Path(__file__).parents[2], env=environ, timeout=10 * PATIENCE)
    site.close()
    if server:
        server.drop(name)
        server.drop(f"{name}_kept")
    return [json.loads(line) for line in done.stdout.splitlines()]
