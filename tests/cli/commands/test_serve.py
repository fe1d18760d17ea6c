"""`serve` as a process: asked over a real connection, its policy swapped under load, stopped without losing an answer."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("prometheus_client", reason="needs the extra `serve`")

from tests.command_line import POLICY, start, tierwise
from tierwise.plugins.policy import load

RICHER = POLICY.replace("50万", "80万")
BETWEEN = {"amount": 600_000, "judged_good": True}
HEADERS = {"content-type": "application/json"}


@contextmanager
def served(folder: Path, *more: object) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Serve the small policy of a folder; the process and its port."""
    process = start("serve", folder / "small.yaml", "--port", 0, "--look-every", 0.05, *more, folder=folder)
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.search(r"at http://127\.0\.0\.1:(\d+);", line)
        assert found, line + process.stderr.read()
        yield process, int(found[1])
    finally:
        process.kill()
        process.communicate()


class ToldToGoError(Exception):
    """The service answers and says that it closes the connection: it is being stopped."""


def ask(connection: http.client.HTTPConnection, facts: object) -> dict[str, Any]:
    connection.request("POST", "/policies/small/decide", json.dumps({"facts": facts}), HEADERS)
    answer = connection.getresponse()
    document: dict[str, Any] = json.loads(answer.read())
    assert answer.status == 200, document
    if answer.getheader("connection") == "close":
        raise ToldToGoError
    return document


def save(folder: Path, text: str) -> None:
    (folder / "new").write_text(text, encoding="utf-8")
    os.replace(folder / "new", folder / "small.yaml")


def refused(port: int) -> bool:
    with connected(port) as connection:
        connection.request("GET", "/healthz")
        return "refused" in json.loads(connection.getresponse().read())["policies"]["small"]


def connected(port: int) -> closing[http.client.HTTPConnection]:
    return closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60))


def wait_for(condition: Any) -> None:
    until = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_policies_are_swapped_whole_under_load_and_a_stop_loses_no_answer(tmp_path: Path) -> None:
    expected = {}
    for text in (POLICY, RICHER):
        save(tmp_path, text)
        expected[load(tmp_path / "small.yaml").fingerprint] = load(tmp_path / "small.yaml").decide(BETWEEN).to_dict()["outputs"]
    save(tmp_path, POLICY)
    wrong: list[object] = []
    came: list[str] = []
    gone: list[bool] = []
    over = threading.Event()

    def load_it(port: int) -> None:
        with connected(port) as connection:
            ask_on(connection)

    def ask_on(connection: http.client.HTTPConnection) -> None:
        while not over.is_set():
            try:
                document = ask(connection, BETWEEN)
            except ToldToGoError:
                gone.append(True)
                return
            except Exception as error:  # noqa: BLE001  every failure counts
                wrong.append(repr(error))
                return
            came.append(document["fingerprint"])
            if document["outputs"] != expected[document["fingerprint"]]:
                wrong.append(document)

    with served(tmp_path) as (process, port), connected(port) as one:
        clients = [threading.Thread(target=load_it, args=[port]) for _ in range(2)]
        for client in clients:
            client.start()
        for text in (RICHER, POLICY, RICHER):
            save(tmp_path, text)
            fingerprint = load(tmp_path / "small.yaml").fingerprint
            wait_for(lambda wanted=fingerprint: ask(one, BETWEEN)["fingerprint"] == wanted)
        save(tmp_path, POLICY[:400])
        wait_for(lambda: refused(port))
        last = ask(one, BETWEEN)["fingerprint"]
        process.send_signal(signal.SIGTERM)
        for client in clients:
            client.join()
        over.set()
        code = process.wait(60)

    assert wrong == []
    assert code == 0
    assert len(gone) == len(clients), "each was answered to its last request"
    assert last == fingerprint, "the broken file never came into service"
    assert set(came) == set(expected)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["big-customer-tiers", "big-customer-tiers"], 3, "given twice"),
        (["no-such-policy"], 3, "there is no policy"),
        (["big-customer-tiers", "scorecard-100-rights", "--set", "a=1"], 2, "`--set` is for one POLICY"),
        (["big-customer-tiers", "--token-file", "none"], 4, "none"),
        (["big-customer-tiers", "--host", "no.such.host.invalid"], 4, "is no address of this machine"),
        ([], 2, "Missing argument"),
    ],
)
def test_what_cannot_be_served_is_said_before_anything_listens(
    words: list[str], code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = tierwise("serve", *words)

    assert (done.code, said in done.err) == (code, True), done.err


def test_without_its_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("tierwise.cli.serving", "tierwise.plugins.service.service_app", "tierwise.plugins.service.figures"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    done = tierwise("serve", "big-customer-tiers")

    assert (done.code, "the service needs `prometheus_client`: `pip install 'tierwise[serve]'`" in done.err) == (2, True), done.err


def test_a_token_that_is_too_short_is_none(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret\n")
    done = tierwise("serve", "big-customer-tiers", "--token-file", tmp_path / "token")

    assert (done.code, "at least 16" in done.err) == (4, True)


def test_an_overlay_for_a_policy_that_is_not_served_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text("overlay: 1\npolicy: eight-class-visits\n")
    done = tierwise("serve", "big-customer-tiers", "scorecard-100-rights", "--overlay", tmp_path / "ours.yaml")

    assert (done.code, "is for policy `eight-class-visits`" in done.err) == (2, True)
