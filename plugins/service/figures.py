"""Counts what the service does, for Prometheus: requests, their seconds, outcomes, and which policy is in service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from tierwise.core.outcome import Outcome, Undetermined
from tierwise.plugins.service.in_service import InService

__all__ = ["MEDIA_TYPE", "Figures"]

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Figures:
    """The counts of one service. No label holds what a request says, so that nobody can fill the memory with labels."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter("tierwise_requests", "Requests answered.", ["policy", "operation", "status"], registry=self._registry)
        self._seconds = Histogram(
            "tierwise_request_seconds", "Seconds from a request to its answer.", ["operation"], registry=self._registry, buckets=SECONDS
        )
        self._decided = Counter("tierwise_decided", "Subjects decided.", ["policy"], registry=self._registry)
        self._open = Counter(
            "tierwise_undetermined", "Outcomes left open, by reason.", ["policy", "output", "reason"], registry=self._registry
        )
        self._policies = Gauge(
            "tierwise_policy_info", "The policies in service.", ["policy", "version", "fingerprint"], registry=self._registry
        )
        self._swaps = Gauge("tierwise_policy_swaps", "How often a policy was replaced.", ["policy"], registry=self._registry)
        self._refused = Gauge(
            "tierwise_policy_refused",
            "1 while the files of a policy are broken and the one before serves.",
            ["policy"],
            registry=self._registry,
        )

    def answered(self, policy: str, operation: str, status: int, seconds: float) -> None:
        """Count an answer."""
        self._requests.labels(policy, operation, status).inc()
        self._seconds.labels(operation).observe(seconds)

    def decided(self, policy: str, outcomes: Mapping[str, Outcome]) -> None:
        """Count a subject and what was left open about it."""
        self._decided.labels(policy).inc()
        for name, outcome in outcomes.items():
            if isinstance(outcome, Undetermined):
                self._open.labels(policy, name, str(outcome.reason)).inc()

    def text(self, serving: Iterable[InService]) -> bytes:
        """Return all counts in the text format of Prometheus, version 0.0.4."""
        self._policies.clear()
        for one in serving:
            plan = one.loaded.plan
            self._policies.labels(one.name, plan.version, plan.fingerprint).set(1)
            self._swaps.labels(one.name).set(one.swaps)
            self._refused.labels(one.name).set(one.refused is not None)
        return generate_latest(self._registry)
