"""Two daemons on one PostgreSQL server: killed, with the server started again and answers to COMMIT lost on the way."""

from __future__ import annotations

import json
import signal
from collections import Counter
from contextlib import closing

import pytest
from cryptography.fernet import Fernet

from tests.waiting import PATIENCE, wait_for
from tests.worlds.lost_answers import LostAnswers
from tests.worlds.postgres import Server

ROUNDS, STORIES = 3, 4
ACCOUNTS = ("masto", "bsky", "fb")


@pytest.mark.slow
def test_each_story_is_sent_once_whatever_happens_to_daemons_server_and_answers(postgres, desk):
    environ = {"SYNDICATE_KEY": Fernet.generate_key().decode()}
    with closing(Server()) as own, closing(LostAnswers(own.port)) as answers:
        desk.config(
            *ACCOUNTS,
            source=", every: 1s, burst: off",
            extra=f"database: {own.address(own.empty(), port=answers.port)}\nlease: 6s\nnetwork: {{timeout: 3s}}\n"
            "defaults: {image: none, settle: 1s, schedule: {catch_up: all}}",
        )
        for words in (("db", "upgrade"), ("post",)):
            assert desk.start(*words, environ=environ).wait(PATIENCE) == 0
        daemons = [desk.start("daemon", environ=environ) for _ in range(2)]
        told: list[str] = []

        def more_than(before: int) -> bool:
            """Whether more was posted. A daemon that could not begin is started again, as a service manager does."""
            for place, daemon in enumerate(daemons):
                if daemon.poll() is not None:
                    told.append(daemon.communicate()[1])
                    daemons[place] = desk.start("daemon", environ=environ)
            return len(desk.sandbox.posts()) > before

        for number in range(ROUNDS):
            before = len(desk.sandbox.posts())
            desk.site.publish(STORIES)
            answers.armed = True
            assert wait_for(lambda before=before: more_than(before)), told
            daemons[number % 2].kill()
            if number == 1:
                own.stop()
                own.start()

        def finished() -> bool:
            listed = desk.start("deliveries", "list", "--json", "--all", environ=environ).communicate(timeout=PATIENCE)[
                0
            ]
            rows = [json.loads(line) for line in listed.splitlines()]
            more_than(0)
            return len(rows) == ROUNDS * STORIES * 3 and {row["state"] for row in rows} <= {"posted", "held"}

        assert wait_for(finished)
        for daemon in daemons:
            daemon.send_signal(signal.SIGTERM)
        last = [daemon.communicate(timeout=PATIENCE)[1] for daemon in daemons]
        for daemon, said in zip(daemons, last, strict=True):  # one that was started again right now may not hear yet
            assert daemon.returncode == 0 or (daemon.returncode, said) == (-signal.SIGTERM, ""), said
        assert "Traceback" not in "".join(told + last)
        assert answers.lost
        counted = Counter((post["platform"], post["link"]) for post in desk.sandbox.posts())
        assert set(counted.values()) == {1}
        by_network = Counter(platform for platform, _ in counted)
        assert (by_network["mastodon"], by_network["bluesky"]) == (ROUNDS * STORIES, ROUNDS * STORIES)
        assert by_network["facebook"] >= ROUNDS * STORIES - len(daemons)
