"""Serves policies until it is told to stop, and says what becomes of their files meanwhile."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import click

from tierwise.cli.options import Layers
from tierwise.cli.session import Session
from tierwise.cli.telling import tell
from tierwise.core.limits import Limits
from tierwise.core.source import Source
from tierwise.plugins.loading import MAIN, policy_files, read_file_of
from tierwise.plugins.service.in_service import InService, Wanted, take_into_service
from tierwise.plugins.service.service_app import OPEN_PATHS, Service
from tierwise.plugins.web.admission import Admitted
from tierwise.plugins.web.server import Draining, address_of, listening, run_server
from tierwise.plugins.yaml_text.yaml_document import read_document

__all__ = ["serve_policies"]


def serve_policies(
    session: Session,
    names: Sequence[str],
    layers: Layers,
    at: tuple[str, int],
    admitted: Admitted,
    seconds: float,
    look_every: float,
) -> None:
    """Take policies into service and answer until the process is told to stop.

    Args:
        session: The call.
        names: Shipped names or paths.
        layers: What lies over them; an overlay over the policy that it names.
        at: Address and port.
        admitted: Which requests are admitted.
        seconds: How long one may take.
        look_every: Seconds between looks at the files.
    """
    serving = take_into_service(_wanted(session, names, layers), session.plugins)
    draining = Draining()
    service = Service(serving, replace(admitted, without_token=OPEN_PATHS), seconds, draining)
    bound = listening(*at)
    tell(f"serving {', '.join(serving)} at {address_of(bound)}; Ctrl-C stops", err=True)
    sys.stderr.flush()
    run_server(service.app, bound, draining, during=lambda: _looking(session, serving, look_every))
    tell("stopped", err=True)


def _wanted(session: Session, names: Sequence[str], layers: Layers) -> list[Wanted]:
    if layers.settings and len(names) > 1:
        raise click.UsageError("`--set` is for one POLICY; give several an overlay each, which says which policy it is for")
    if len(names) == 1:
        return [Wanted(names[0], layers.overlays, layers.settings)]
    over: dict[str, list[str]] = {}
    for overlay in layers.overlays:
        over.setdefault(_policy_of(read_file_of("overlay", overlay)), []).append(overlay)
    called = {_policy_of(Source(name, policy_files(name, session.plugins.policies())[MAIN])): name for name in names} if over else {}
    for policy in over.keys() - called.keys():
        raise click.UsageError(f"`--overlay {over[policy][0]}` is for policy `{policy}`, which is not among {', '.join(called)}")
    policies = {name: policy for policy, name in called.items()}
    return [Wanted(name, over.get(policies.get(name, ""), ())) for name in names]


def _policy_of(file: Source) -> str:
    """Return the policy that a policy file is, or an overlay is for; what is wrong with it is told when it is loaded."""
    document, _ = read_document(file, Limits())
    root = document.root if document is not None else None
    return str(root.get("policy", "")) if isinstance(root, dict) else ""


@contextmanager
def _looking(session: Session, serving: Mapping[str, InService], every: float) -> Iterator[None]:
    """Look at the files of the policies again and again in a thread beside."""
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(every):
            for one in serving.values():
                if one.look():
                    _tell(session, one)

    thread = threading.Thread(target=look, name="tierwise-look", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()


def _tell(session: Session, one: InService) -> None:
    refused = one.refused
    if refused is None:
        plan = one.loaded.plan
        tell(f"policy `{one.name}` {plan.version} ({plan.fingerprint[:12]}) is in service", err=True)
        return
    session.show_findings(refused.findings)
    tell(f"policy `{one.name}` stays as it was: {refused.message}", err=True)
