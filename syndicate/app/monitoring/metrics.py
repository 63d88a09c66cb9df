"""Metrics for Prometheus, read from the ledger; needs the extra `metrics`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from syndicate.control_characters import on_one_line
from syndicate.ledger import Ledger

if TYPE_CHECKING:
    from prometheus_client.core import Metric


def text(ledger: Ledger) -> bytes:
    """All metrics as they are now, in Prometheus' text format. Raises ImportError without the extra."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Ledger(ledger))
    return generate_latest(registry)


class _Ledger:
    """Collects metrics from the ledger when they are read, because it has what all processes did."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        facts = self._ledger.overview(self._ledger.now())

        def gauge(name: str, about: str, labels: list[str], rows: list[tuple[Any, ...]]) -> Metric:
            family = GaugeMetricFamily(name, about, labels=labels)
            for *values, number in rows:
                family.add_metric([on_one_line(str(value)) for value in values], number)
            return family

        yield gauge("syndicate_deliveries", "Deliveries by account and state.", ["account", "state"], facts.deliveries)
        yield gauge(
            "syndicate_due_oldest_seconds", "How long the oldest due delivery has been due.", ["account"], facts.oldest
        )
        yield gauge("syndicate_account_paused", "1 for an account that is paused.", ["account", "why"], facts.paused)
        yield gauge(
            "syndicate_account_failures", "Failures in a row to reach the network.", ["account"], facts.failures
        )
        yield gauge("syndicate_source_failures", "Failed polls in a row.", ["source"], facts.source_failures)
        yield gauge(
            "syndicate_source_polled_seconds", "How long ago the source was last polled.", ["source"], facts.polled
        )
        labels = ["alert", "subject", "reason"]
        yield gauge("syndicate_alert", "1 for an alert condition that holds.", labels, facts.alerts)

        def counter(name: str, about: str, labels: list[str], rows: list[tuple[str, str, float]]) -> Metric:
            family = CounterMetricFamily(name, about, labels=labels)
            for *values, number in rows:
                family.add_metric([on_one_line(value) for value in values], number)
            return family

        yield counter("syndicate_attempts", "Attempts by account and outcome.", ["account", "outcome"], facts.attempts)
        yield counter(
            "syndicate_dropped",
            "Deliveries dropped while they waited, by account and what they waited for.",
            ["account", "reason"],
            facts.dropped,
        )
