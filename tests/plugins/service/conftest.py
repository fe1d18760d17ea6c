"""A policy in service, and a client that asks it without a network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("prometheus_client", reason="needs the extra `serve`")

from starlette.testclient import TestClient

from tests.command_line import POLICY
from tierwise.plugins.manager import Plugins
from tierwise.plugins.service.in_service import Wanted, take_into_service
from tierwise.plugins.service.service_app import OPEN_PATHS, Service
from tierwise.plugins.web.admission import Admitted, hosts_of
from tierwise.plugins.web.server import Draining

BUILT_IN = Plugins(entry_points=False)
Serve = Callable[..., TestClient]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The small policy as a folder."""
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def serve() -> Serve:
    """Put policies in service."""

    def serve(
        *names: object, token: str | None = None, seconds: float = 30, draining: Draining | None = None, most: int = 100_000
    ) -> TestClient:
        serving = take_into_service([Wanted(str(name)) for name in names], BUILT_IN)
        admitted = Admitted(hosts_of("127.0.0.1", ["testserver"]), most, token, OPEN_PATHS)
        service = Service(serving, admitted, seconds, draining or Draining())
        return TestClient(service.app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)

    return serve
