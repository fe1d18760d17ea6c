"""The console behind its guard, without a browser: what pages say is what the commands say, and what is not ours is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("jinja2")
pytest.importorskip("starlette")

from starlette.testclient import TestClient

from tests.command_line import tierwise
from tests.plugins.console.console_policies import SMALL, write_small
from tierwise.plugins.console.app import ROUTES, Console, ConsoleSettings, console_app
from tierwise.plugins.console.entrance import HEADERS, Entrance, admitted_console
from tierwise.plugins.console.trial import try_facts
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import load
from tierwise.plugins.run import bound_database, explain_subject
from tierwise.plugins.sentences.lines import lines_of

TOKEN = "a-token-of-the-tests-0123456789"
HOST = "console.test"


class Visitor:
    """Somebody who asks the console through a proxy that names them."""

    def __init__(self, console: Console, name: str) -> None:
        app = admitted_console(Entrance(console_app(console), TOKEN, "local", "x-user"), frozenset({HOST}))
        self.client = TestClient(app, f"http://{HOST}", headers={"authorization": f"Bearer {TOKEN}", "x-user": name})

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path, follow_redirects=False)
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, path: str, status: int = 303, **form: str) -> Any:
        answer = self.client.post(path, data=form, follow_redirects=False)
        assert answer.status_code == status, answer.text
        return answer

    def edit(self, draft: str, change: dict[str, Any], what: str = "edit", status: int = 200) -> Any:
        answer = self.client.post(f"{draft}/{what}", json=change)
        assert answer.status_code == status, answer.text
        return answer.json()

    def begin(self, name: str) -> str:
        return str(self.post(f"/policies/own/{name}/edit").headers["location"])


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    import sqlite3

    with sqlite3.connect(folder / "demo.db") as connection:
        connection.execute("CREATE TABLE customers (customer_id TEXT PRIMARY KEY, customer_name TEXT, amount INTEGER, good TEXT)")
        rows = [
            (f"{number:03}", f"客户{number}", None if number % 11 == 0 else number * 7, ("true", "false", None)[number % 3])
            for number in range(1, 61)
        ]
        connection.executemany("INSERT INTO customers VALUES (?, ?, ?, ?)", rows)
    connection.close()
    return folder / "demo.db"


@pytest.fixture
def console(tmp_path: Path, demo: Path) -> Console:
    write_small(tmp_path / "policies")
    return Console(ConsoleSettings(tmp_path / "policies", str(demo), None, "en", False), Plugins(), lambda: "2026-11-26T10:00:00+08:00")


@pytest.fixture
def lin(console: Console) -> Iterator[Visitor]:
    yield Visitor(console, "lin")


def cells(row: int, column: int, text: str) -> dict[str, Any]:
    path = ["modules", "tier", "decisions", "tier", "table", "rules"]
    return {"do": "cells", "file": "policy.yaml", "path": path, "cells": [{"row": row, "column": column, "text": text}]}


def policy_file(console: Console, name: str = "small") -> Path:
    assert console.settings.folder is not None
    return console.settings.folder / name / "policy.yaml"


def test_fifty_customers_tried_come_to_what_decide_and_explain_say(console: Console, lin: Visitor, demo: Path) -> None:
    loaded = load(str(policy_file(console)))
    draft = lin.begin("small")
    with bound_database(loaded, str(demo), None, None) as bound:
        for subject in list(bound.facts.subjects())[:50]:
            explained = explain_subject(bound, subject.key)
            given = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in subject.facts.items()}
            tried = try_facts(loaded, given, None, "en")

            assert dict(tried.document) == loaded.decide(given).to_dict()["outputs"], subject.key
            assert list(tried.lines) == lines_of(explained, "en")
        page = lin.post(f"{draft}/try", 200, do="customer", customer=subject.key).text
    assert '<option value="true" >yes</option><option value="false" >no</option>' in page
    for _, line in lines_of(explained, "en"):
        assert line.replace("`", "").replace("<", "&lt;").replace(">", "&gt;") in page.replace("&#34;", '"').replace("&#39;", "'")


def test_who_moves_is_what_the_command_says(console: Console, lin: Visitor, demo: Path, tmp_path: Path) -> None:
    draft = lin.begin("small")
    lin.edit(draft, cells(0, 1, ">= 390"))
    lin.edit(draft, cells(1, 1, "[100..390)"))
    new = write_small(tmp_path / "new")
    (new / "policy.yaml").write_text(SMALL.replace(">= 300", ">= 390").replace("[100..300)", "[100..390)"), encoding="utf-8")

    told = tierwise("impact", str(demo), "--policy", str(new), "--against", str(policy_file(console).parent), "--format", "json")

    assert told.code == 0, told.err
    assert json.loads(lin.get(f"{draft}/impact.json")) == json.loads(told.out)
    assert json.loads(told.out)["moved"] > 3


def test_what_is_found_while_typing_is_said_and_nothing_is_changed(console: Console, lin: Visitor) -> None:
    draft = lin.begin("small")

    found = lin.edit(draft, cells(0, 1, ">= lots"), "preview")

    [mark] = found["marks"]
    assert (mark["row"], mark["cell"], mark["severity"]) == (0, 1, "error") and "lots" in mark["message"]
    assert not found["undo"] and found["changed"] == []
    assert "lots" in found["panel"]


def test_a_refused_change_says_why_and_changes_nothing(lin: Visitor) -> None:
    draft = lin.begin("small")

    assert "divide cells" in lin.edit(draft, cells(0, 1, "a | b"), status=422)["refused"]
    assert not lin.edit(draft, cells(0, 1, ">= 300"))["undo"]


def test_a_body_that_does_not_say_its_size_is_counted(lin: Visitor) -> None:
    draft = lin.begin("small")
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        chunks = iter([b"x" * 1_000_000] * 5)

        answer = lin.client.post(f"{draft}/edit", content=chunks, headers={"content-type": kind})

        assert (answer.status_code, "larger than" in answer.text) == (413, True)


def test_a_draft_with_errors_is_not_saved(console: Console, lin: Visitor) -> None:
    draft = lin.begin("small")
    lin.edit(draft, cells(0, 1, ">= lots"))

    assert "errors" in lin.post(f"{draft}/save", 422, why="because").text
    assert policy_file(console).read_text(encoding="utf-8") == SMALL


def test_a_second_person_approves_through_the_proxy(console: Console, lin: Visitor) -> None:
    path = policy_file(console)
    path.write_text(SMALL + "changes: {approval: second_person}\n", encoding="utf-8")
    draft = lin.begin("small")
    lin.edit(draft, cells(0, 1, ">= 250"))
    assert "Proposed" in lin.post(f"{draft}/save", 200, why="from the board").text
    log = lin.get("/policies/own/small/changes")
    [proposal] = re.findall(r"/proposals/([0-9a-f]+)", log)
    assert "somebody else has to approve it" in log and 'value="approve"' not in log

    assert "somebody else" in lin.post(f"/policies/own/small/proposals/{proposal}", 422, do="approve", why="mine").text
    assert ">= 300" in path.read_text(encoding="utf-8")
    Visitor(console, "wang").post(f"/policies/own/small/proposals/{proposal}", do="approve", why="agreed")

    assert ">= 250" in path.read_text(encoding="utf-8")
    shown = lin.get("/policies/own/small/changes")
    assert "from the board" in shown and "agreed" in shown and "wang" in shown


def test_a_draft_is_of_who_began_it(console: Console, lin: Visitor) -> None:
    draft = lin.begin("small")

    assert "not open any more" in Visitor(console, "wang").get(draft, 422)


def test_a_console_that_only_reads_refuses_every_write(tmp_path: Path, demo: Path) -> None:
    write_small(tmp_path)
    visitor = Visitor(Console(ConsoleSettings(tmp_path, str(demo), None, "en", True), Plugins(), str), "lin")
    draft = visitor.begin("small")
    visitor.edit(draft, cells(0, 1, ">= 250"))

    for path in (f"{draft}/save", "/policies/shipped/closing-time-a-e/copy", "/policies/own/small/proposals/x"):
        assert "read-only" in visitor.post(path, 422, why="because", new="copy").text
    assert 'id="reason"' not in visitor.get(f"{draft}/changes")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["cases.yaml", "policy.yaml", "small"]


@pytest.mark.parametrize(
    "path",
    [
        "/policies/own/..", "/policies/own/%2e%2e", "/policies/own/..%2f..%2fetc", "/policies/own/small%2f..", "/policies/other/small", "/policies/shipped/small",
        "/policies/own/..%5c..", "/policies/own/small%00", "/policies/own/.tierwise-drafts", "/drafts/..%2f..%2fetc", "//evil.example/x",
        "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%5capp.py", "/static/vendor/vendored.json", "/static//etc/passwd", "/etc/passwd", "/drafts",
    ],
)  # fmt: skip
def test_nothing_outside_the_folder_has_an_address(lin: Visitor, path: str) -> None:
    lin.get(path, 404)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_no_other_method_and_no_word_for_one_changes_anything(console: Console, lin: Visitor, method: str) -> None:
    draft = lin.begin("small")
    answer = lin.client.request(method, f"{draft}/drop?_method=POST", headers={"x-http-method-override": "POST"})

    assert answer.status_code == 405
    assert {answer.headers[name] for name in ("content-security-policy", "cache-control")} == {
        HEADERS[name] for name in ("content-security-policy", "cache-control")
    }
    lin.get(draft)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=a", b"--a\r\nbroken"),
        ("application/x-www-form-urlencoded", b"a=1&" * 3_000),
        ("multipart/form-data; boundary=a", b'--a\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\ny\r\n--a--\r\n'),
        ("text/plain", b"why=because"),
        ("application/json", b"[" * 100_000),
        ("application/json", b"\xff"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(lin: Visitor, kind: str, body: bytes) -> None:
    draft = lin.begin("small")
    lin.edit(draft, cells(0, 1, ">= 250"))

    for what in ("save", "edit"):
        assert lin.client.post(f"{draft}/{what}", content=body, headers={"content-type": kind}).status_code in (400, 422)


def test_a_link_out_of_the_folder_is_no_policy(console: Console, tmp_path: Path) -> None:
    outside = write_small(tmp_path / "outside", "other")
    assert console.settings.folder is not None
    (console.settings.folder / "link").symlink_to(outside, target_is_directory=True)

    assert [entry.name for entry in console.shelf.own()] == ["small"]


@pytest.mark.parametrize("name", ["../out", "a/b", "", "A", "x" * 81, "small", ".hidden"])
def test_a_copy_gets_a_name_of_its_own_inside_the_folder(console: Console, lin: Visitor, name: str) -> None:
    before = sorted(console.settings.folder.rglob("*")) if console.settings.folder else []

    lin.post("/policies/shipped/closing-time-a-e/copy", 422, new=name)

    assert console.settings.folder is not None and sorted(console.settings.folder.rglob("*")) == before


def test_a_copy_of_a_shipped_policy_is_ones_own(console: Console, lin: Visitor) -> None:
    assert lin.post("/policies/shipped/closing-time-a-e/copy", new="levels").headers["location"] == "/policies/own/levels"

    texts = console.shelf.texts(console.shelf.own()[0])
    assert (console.shelf.own()[0].name, dict(texts.files)) == (
        "levels",
        dict(console.shelf.texts(console.shelf.find("closing-time-a-e", own=False) or console.shelf.own()[0]).files),
    )


def test_a_policy_with_errors_is_shown_and_can_be_mended(console: Console, lin: Visitor) -> None:
    policy_file(console).write_text("tierwise: 1\nmodules: [\n", encoding="utf-8")

    assert "has errors" in lin.get("/policies/own/small")
    draft = lin.begin("small")
    assert "part=text%2Fpolicy.yaml" in lin.get(draft)
    found = lin.edit(draft, {"do": "text", "file": "policy.yaml", "text": SMALL})
    assert found["errors"] == 0
    lin.post(f"{draft}/save", 200, why="mended")
    assert policy_file(console).read_text(encoding="utf-8") == SMALL


def test_cases_are_decided_by_the_draft(console: Console, lin: Visitor) -> None:
    draft = lin.begin("small")
    assert "passed" in lin.get(f"{draft}/part?part=cases")
    lin.edit(draft, cells(0, 1, ">= 500"))

    shown = lin.get(f"{draft}/part?part=cases")
    assert "failed" in shown and "tier: " in shown


def test_an_overlay_is_made_filled_and_laid_over(console: Console, lin: Visitor) -> None:
    draft = lin.begin("small")
    lin.edit(draft, {"do": "overlay", "file": "company.yaml", "policy": "small"})
    assert "usage" not in lin.get(f"{draft}/part?part=overlay%2Fcompany.yaml")
    lin.edit(draft, {"do": "value", "file": "company.yaml", "path": ["parameters", "border"], "text": "400"})
    lin.post(f"{draft}/layers", 303, **{"layer company.yaml": "1"})

    page = lin.post(f"{draft}/try", 200, do="facts", **{"fact amount": "300", "fact good": "true"}).text
    assert "<td >1</td>" in page
    found = lin.edit(draft, {"do": "value", "file": "company.yaml", "path": ["parameters", "border"], "text": "4"})
    assert found["errors"] == 1
    lin.edit(draft, {}, "undo")
    lin.post(f"{draft}/save", 200, why="ours")
    assert (policy_file(console).parent / "company.yaml").read_text(
        encoding="utf-8"
    ) == "overlay: 1\npolicy: small\nparameters:\n  border: 400\n"


def test_overlays_are_laid_over_a_policy_to_look_at_it(console: Console, lin: Visitor) -> None:
    overlay = "overlay: 1\npolicy: small\nparameters: {border: 400}\n"
    (policy_file(console).parent / "company.yaml").write_text(overlay, encoding="utf-8")
    (policy_file(console).parent / "far.yaml").write_text(overlay.replace("400", "9000"), encoding="utf-8")
    bonus = re.compile(r'<th scope="row">bonus</th><td >(\d)')

    def of_050(asked: str) -> list[str]:
        return bonus.findall(lin.get(f"/policies/own/small/customer?customer=050{asked}"))

    assert (of_050(""), of_050("&layer=company.yaml"), of_050("&layer=../company.yaml")) == (["2"], ["1"], ["2"])
    results = lin.get("/policies/own/small/results?layer=company.yaml")
    assert 'value="company.yaml" checked' in results and "customer=050&amp;layer=company.yaml" in results
    assert "400" in lin.get("/policies/own/small?layer=company.yaml")
    assert "has errors" in lin.get("/policies/own/small?layer=far.yaml")
    assert "has errors" in lin.get("/policies/own/small/results?layer=far.yaml", 422)


def test_every_address_that_writes_is_a_post() -> None:
    assert {path for method, path, _ in ROUTES if method == "POST"} >= {"/drafts/{draft}/save", "/policies/{shelf}/{name}/copy"}
    assert {method for method, _, _ in ROUTES} == {"GET", "POST"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_speak_the_reader_s_language(console: Console, lin: Visitor, language: str) -> None:
    lin.client.cookies.set("tierwise_language", language)
    for path, words in (
        ("/", ("Policies", "制度一览")),
        ("/policies/own/small/results", ("Customers", "客户")),
        ("/policies/own/small/changes", ("changes", "修改")),
    ):
        assert words[language == "zh"] in lin.get(path)
