"""The fault plan, over real connections: what reaches the board and what the client sees."""

from __future__ import annotations

import http.client
import json
import time

import pytest

from syndicate.errors import ConfigError
from syndicate.sandbox import Sandbox
from tests.waiting import wait_for
from tests.worlds.client import Client

TOKEN = {"Authorization": "Bearer one"}
SIGNED = {
    "Authorization": 'OAuth oauth_consumer_key="a", oauth_token="b", oauth_signature_method="HMAC-SHA1", '
    'oauth_timestamp="1", oauth_nonce="n", oauth_signature="s"'
}
NETWORKS = ["mastodon", "bluesky", "x", "facebook", "linkedin", "webhook"]


@pytest.fixture
def commit(client):
    """Post once on any network; each text is new."""
    counter = iter(range(100))

    def call(platform):
        text = f"Story {next(counter)}"
        if platform == "mastodon":
            return client("POST", "/api/v1/statuses", json={"status": text}, headers=TOKEN)
        if platform == "x":
            return client("POST", "/2/tweets", json={"text": text}, headers=SIGNED)
        if platform == "facebook":
            return client("POST", "/v25.0/123/feed", json={"message": text}, headers=TOKEN)
        if platform == "linkedin":
            share = {"author": "urn:li:organization:4711", "visibility": "PUBLIC", "lifecycleState": "PUBLISHED"}
            body = share | {"commentary": text, "distribution": {"feedDistribution": "MAIN_FEED"}}
            return client("POST", "/rest/posts", json=body, headers=TOKEN | {"LinkedIn-Version": "202609"})
        if platform == "webhook":
            return client("POST", "/webhook/cms", json={"text": text})
        body = {"identifier": "gazette.test", "password": "abcd"}
        session = client("POST", "/xrpc/com.atproto.server.createSession", json=body).json
        record = {"text": text, "createdAt": "2026-11-23T10:00:00Z"}
        body = {"repo": session["did"], "collection": "app.bsky.feed.post", "record": record}
        signed = {"Authorization": f"Bearer {session['accessJwt']}"}
        return client("POST", "/xrpc/com.atproto.repo.createRecord", json=body, headers=signed)

    return call


def plan(client, *rules):
    return client("POST", "/_sandbox/faults", json=list(rules))


@pytest.mark.parametrize("platform", NETWORKS)
@pytest.mark.parametrize(("fault", "accepted"), [("refuse", 0), ("drop_before", 0), ("drop_after", 1)])
def test_a_cut_connection_gives_no_answer(client, sandbox, commit, platform, fault, accepted):
    plan(client, {"fault": fault, "platform": platform, "step": "commit"})
    with pytest.raises(ConnectionError):
        commit(platform)
    assert len(sandbox.posts()) == accepted
    assert commit(platform).status < 300
    assert len(sandbox.posts()) == accepted + 1


@pytest.mark.parametrize("platform", NETWORKS)
def test_a_refusal_is_a_reset(client, commit, platform):
    plan(client, {"fault": "refuse", "platform": platform, "step": "commit"})
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        commit(platform)


@pytest.mark.parametrize("platform", NETWORKS)
@pytest.mark.parametrize(("fault", "status"), [("firewall", 403), ("too_large", 413)])
def test_what_stands_before_a_network_answers_with_a_page(client, sandbox, commit, platform, fault, status):
    plan(client, {"fault": fault, "platform": platform, "step": "commit"})
    refused = commit(platform)
    assert (refused.status, refused.body.lstrip()[:1]) == (status, b"<")
    assert sandbox.posts() == []
    assert commit(platform).status < 300


@pytest.mark.parametrize("fault", ["locked", "blocked", "picture", "unprocessed", "too_long"])
@pytest.mark.parametrize("platform", NETWORKS)
def test_a_network_refuses_in_its_own_words_and_accepts_nothing(client, sandbox, commit, platform, fault):
    plan(client, {"fault": fault, "platform": platform, "step": "commit"})
    refused = commit(platform)
    assert 400 <= refused.status < 500
    assert refused.json
    assert "retry-after" not in refused.headers
    assert sandbox.posts() == []
    assert commit(platform).status < 300


@pytest.mark.parametrize("platform", NETWORKS)
@pytest.mark.parametrize(
    ("fault", "status", "accepted"), [("500", 500, 0), ("503", 503, 0), ("500_after", 500, 1), ("502_after", 502, 1)]
)
def test_a_broken_server_may_have_accepted_or_not(client, sandbox, commit, platform, fault, status, accepted):
    plan(client, {"fault": fault, "platform": platform, "step": "commit"})
    assert commit(platform).status == status
    assert len(sandbox.posts()) == accepted


@pytest.mark.parametrize(
    ("platform", "status"),
    [("mastodon", 401), ("bluesky", 401), ("x", 401), ("facebook", 400), ("linkedin", 401), ("webhook", 401)],
)
def test_a_refused_token_posts_nothing(client, sandbox, commit, platform, status):
    plan(client, {"fault": "401", "platform": platform, "step": "commit"})
    assert commit(platform).status == status
    assert sandbox.posts() == []


@pytest.mark.parametrize("platform", NETWORKS)
def test_a_503_says_when_to_come_back_if_it_is_told_to(client, commit, platform):
    plan(client, {"fault": "503", "platform": platform, "step": "commit", "retry_after": 9})
    assert commit(platform).headers.get("retry-after") == (
        "9" if platform in ("mastodon", "bluesky", "webhook") else None
    )


@pytest.mark.parametrize("platform", NETWORKS)
def test_a_post_may_be_accepted_when_the_client_has_long_left(client, sandbox, commit, platform):
    plan(client, {"fault": "late", "platform": platform, "step": "commit", "seconds": 0.2})
    began = time.monotonic()
    with pytest.raises(ConnectionError):
        commit(platform)
    assert wait_for(sandbox.posts)
    assert time.monotonic() - began >= 0.2
    assert len(sandbox.posts()) == 1


@pytest.mark.parametrize("platform", NETWORKS)
def test_an_answer_may_end_in_the_middle(client, sandbox, commit, platform):
    plan(client, {"fault": "truncate", "platform": platform, "step": "commit"})
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        commit(platform)
    assert len(sandbox.posts()) == 1


def test_a_dripping_answer_is_whole_in_the_end(client, sandbox, commit):
    plan(client, {"fault": "drip", "seconds": 0.2})
    began = time.monotonic()
    assert commit("mastodon").status == 200
    assert time.monotonic() - began >= 0.15
    assert len(sandbox.posts()) == 1


def test_a_slow_answer_comes_late_and_whole(client, sandbox, commit):
    plan(client, {"fault": "slow", "seconds": 0.05})
    assert commit("mastodon").status == 200
    assert len(sandbox.posts()) == 1
    assert sandbox.requests()[-1]["fault"] == "slow"


def test_a_rule_waits_for_its_turn_and_ends(client, commit):
    plan(client, {"fault": "503", "platform": "mastodon", "after": 2, "count": 2})
    assert [commit("mastodon").status for _ in range(6)] == [200, 200, 503, 503, 200, 200]


def test_a_rule_without_end_lasts_until_the_plan_is_changed(client, commit):
    plan(client, {"fault": "503", "count": None})
    assert [commit("x").status for _ in range(3)] == [503] * 3
    plan(client)
    assert commit("x").status == 201


def test_the_first_rule_that_happens_wins_and_each_counts_for_itself(client, commit):
    plan(client, {"fault": "503"}, {"fault": "429"}, {"fault": "500"})
    assert [commit("mastodon").status for _ in range(4)] == [503, 429, 500, 200]


def test_a_rule_is_for_its_platform_and_step_alone(client, sandbox, commit):
    plan(client, {"fault": "503", "platform": "bluesky", "step": "login", "count": None})
    assert commit("mastodon").status == 200
    with pytest.raises(KeyError):
        commit("bluesky")
    noted = [(each["platform"], each["step"], each["status"]) for each in sandbox.requests()]
    assert noted == [("mastodon", "commit", 200), ("bluesky", "login", 503)]


def test_chance_is_repeatable(client, commit):
    def run():
        plan(client, {"fault": "503", "count": None, "probability": 0.5, "seed": 3})
        return [commit("mastodon").status for _ in range(12)]

    first = run()
    assert run() == first
    assert set(first) == {200, 503}


def test_what_is_left_of_the_plan_can_be_read(client, commit):
    plan(client, {"fault": "503", "count": 2}, {"fault": "500", "platform": "x"})
    commit("mastodon")
    left = client("GET", "/_sandbox/faults").json
    assert [(rule["fault"], rule["left"]) for rule in left] == [("503", 1), ("500", 1)]
    commit("mastodon")
    assert [rule["fault"] for rule in client("GET", "/_sandbox/faults").json] == ["500"]


def test_a_plan_may_come_in_an_object(client, commit):
    assert client("POST", "/_sandbox/faults", json={"faults": [{"fault": "503"}]}).status == 200
    assert commit("mastodon").status == 503


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{", "not JSON"),
        ('"503"', "neither a list"),
        ("{}", "neither a list"),
        ("[503]", "a rule is an object"),
        ("[{}]", "fault is null"),
        ('[{"fault": "418"}]', 'fault is "418"; there are refuse, 429'),
        ('[{"fault": "500", "platform": "twitter"}]', 'platform is "twitter"'),
        ('[{"fault": "500", "step": "send"}]', 'step is "send"; there are login, read, upload, commit, edit, delete'),
        ('[{"fault": "500", "after": -1}]', "after is -1"),
        ('[{"fault": "500", "count": 0}]', "count is 0"),
        ('[{"fault": "500", "count": 1.5}]', "count is 1.5"),
        ('[{"fault": "500", "count": true}]', "count is true"),
        ('[{"fault": "500", "probability": 2}]', "from 0 to 1"),
        ('[{"fault": "429", "retry_after": "soon"}]', 'retry_after is "soon"'),
        ('[{"fault": "500", "seed": []}]', "seed is"),
        ('[{"fault": "500", "faulty": 1}]', "unknown key 'faulty'"),
    ],
)
def test_a_rule_that_makes_no_sense_is_one_clear_line(client, body, said):
    plan(client, {"fault": "503"})
    got = client("POST", "/_sandbox/faults", data=body.encode())
    assert got.status == 400
    assert said in got.body.decode()
    assert got.body.decode().count("\n") == 1
    assert len(client("GET", "/_sandbox/faults").json) == 1  # the plan in force stays
    if body.startswith("["):
        with pytest.raises(ConfigError):
            Sandbox(faults=json.loads(body))


def test_faults_can_be_given_at_the_start_and_added_later(time):
    with Sandbox(clock=time, faults=[{"fault": "503"}]) as sandbox:
        sandbox.add_faults([{"fault": "500"}])
        client = Client(sandbox.url)
        statuses = [client("GET", "/api/v2/instance").status for _ in range(3)]
        client.close()
    assert statuses == [503, 500, 200]


@pytest.mark.parametrize(("platform", "headers"), [("mastodon", TOKEN), ("x", SIGNED), ("facebook", TOKEN)])
@pytest.mark.parametrize(("fault", "gone"), [("refuse", 0), ("drop_before", 0), ("drop_after", 1)])
def test_a_deletion_meets_faults_as_a_post_does(client, sandbox, commit, platform, headers, fault, gone):
    made = commit(platform).json
    number = made.get("id") or made["data"]["id"]
    path = {"mastodon": "/api/v1/statuses/", "x": "/2/tweets/", "facebook": "/v25.0/"}[platform] + number
    plan(client, {"fault": fault, "platform": platform, "step": "delete"})
    with pytest.raises(ConnectionError):
        client("DELETE", path, headers=headers)
    assert (len(sandbox.posts()), len(sandbox.deleted())) == (1 - gone, gone)
    client("DELETE", path, headers=headers)
    assert (len(sandbox.posts()), len(sandbox.deleted())) == (0, 1)
