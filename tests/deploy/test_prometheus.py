"""The alert rules and the dashboard: every metric, label and heading that they name is one of ours."""

from __future__ import annotations

import json
import re

import pytest

from tests.worlds.deploy import DEPLOY, documents, judged
from tests.worlds.pages import read

RULES = DEPLOY / "prometheus" / "rules.yaml"
DASHBOARD = DEPLOY / "grafana" / "dashboard.json"
METRIC = re.compile(r"\b(syndicate_\w+)(?:\{([^}]*)\})?")
LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
BY = re.compile(r"\bby \(([\w, ]+)\)")
[GROUPS] = [document["groups"] for document in documents(RULES)]
ALERTS = [rule for group in GROUPS for rule in group["rules"]]
BOARD = json.loads(DASHBOARD.read_text(encoding="utf-8"))
QUERIES = [target["expr"] for panel in BOARD["panels"] for target in panel["targets"]]
ASKED = [*(rule["expr"] for rule in ALERTS), *QUERIES]


@pytest.fixture
def ours(ledger):
    """Our metrics, each with its labels."""
    pytest.importorskip("prometheus_client")
    from prometheus_client.core import Metric

    from syndicate.app.monitoring import metrics

    found: dict[str, set[str]] = {}
    for family in metrics._Ledger(ledger).collect():
        assert isinstance(family, Metric)
        found[f"{family.name}_total" if family.type == "counter" else family.name] = set(family._labelnames)
    return found


def test_every_metric_that_is_asked_for_is_one_of_ours_with_its_labels(ours):
    named = set()
    for query in ASKED:
        for metric, conditions in METRIC.findall(query):
            assert metric in ours, query
            assert set(LABEL.findall(conditions)) <= ours[metric], query
            named.add(metric)
        metrics = [ours[metric] for metric, _ in METRIC.findall(query)]
        for labels in BY.findall(query):
            assert set(labels.split(", ")) <= set().union(*metrics), query
    assert named == set(ours), "each metric is looked at by a rule or a panel"


def test_every_alert_leads_to_its_heading_in_the_runbook():
    headings = set(re.findall(r"^## `?(\w+)`?", read("operations/runbook.md"), re.MULTILINE))
    assert len(ALERTS) > 10
    for rule in ALERTS:
        assert rule["labels"]["severity"] in ("info", "warning", "critical")
        assert rule["annotations"]["summary"]
        page, _, heading = rule["annotations"]["runbook"].partition("#")
        assert page == "runbook.md"
        assert heading in headings or "$labels" in heading, rule["alert"]


def test_the_dashboard_has_panels_that_do_not_cover_each_other():
    places = set()
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
    for panel in BOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & places, panel["title"]
        places |= cells
        assert at["x"] + at["w"] <= 24
        assert panel["description"]
        assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${datasource}"}
    variables = {each["name"] for each in BOARD["templating"]["list"]}
    assert set(re.findall(r"\$\{?(\w+)\}?", json.dumps(BOARD))) <= variables


def test_promtool_takes_the_rules():
    assert "SUCCESS" in judged("promtool", "check", "rules", str(RULES))
