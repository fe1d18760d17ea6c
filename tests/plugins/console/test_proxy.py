"""The console behind a real nginx, set up as the documentation says: who somebody is comes from the proxy alone."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.plugins.console.console_policies import write_small
from tests.real_parts import need

ROOT = Path(__file__).parents[3]
NAME = "grading.company.example"
HOST = {"origin": f"https://{NAME}"}
RULES = ["modules", "tier", "decisions", "tier", "table", "rules"]
SERVER = """
user root; daemon off; pid nginx.pid; error_log error.log; worker_processes 1;
events {}
http {
  access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fast; uwsgi_temp_path uw; scgi_temp_path sc;
  server { listen unix:SOCKET; auth_basic "grading"; auth_basic_user_file users;
LOCATION
  }
}
"""


@contextmanager
def nginx(folder: Path, port: int, token: str) -> Iterator[str]:
    """Run nginx before a port, as `docs/console.md` says, with the users `lin`, `wang` and `林`, each with the own name as password."""
    program = need("nginx", "httpx2", "uvicorn", "jinja2", "multipart")
    location = re.search(r"```nginx\n(.*?)```", (ROOT / "docs" / "console.md").read_text(encoding="utf-8"), re.DOTALL)
    assert location and "the-token" in location[1] and "8765" in location[1]
    said = location[1].replace("the-token", token).replace("8765", str(port))
    (folder / "nginx.conf").write_text(SERVER.replace("LOCATION", said).replace("SOCKET", str(folder / "s")), encoding="utf-8")
    (folder / "users").write_text("".join(f"{name}:{{PLAIN}}{name}\n" for name in ("lin", "wang", "林")), encoding="utf-8")
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
    try:
        while not (folder / "s").exists():
            assert process.poll() is None, (folder / "error.log").read_text()
            time.sleep(0.01)
        yield str(folder / "s")
    finally:
        process.terminate()
        process.wait()


def test_behind_a_proxy_a_change_is_made_by_one_and_approved_by_another(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    need("nginx", "httpx2", "uvicorn", "jinja2", "multipart")
    import httpx2

    from tests.plugins.console.serving import TOKEN, served

    write_small(tmp_path, changes="changes: {approval: second_person}\n")
    folder = tmp_path_factory.mktemp("nginx")
    with (
        served(tmp_path, user_header="x-user", names=(NAME,)) as console,
        nginx(folder, console.port, TOKEN) as socket,
        httpx2.Client(transport=httpx2.HTTPTransport(uds=socket), base_url=f"http://{NAME}", timeout=60) as client,
    ):

        def who(user: str, **forged: str) -> str:
            page = client.get(
                "/", auth=(user.encode(), user.encode()), headers={**HOST, **{k.replace("_", "-"): v for k, v in forged.items()}}
            )
            found = re.search(r'class="who">([^<]*)', page.text)
            assert page.status_code == 200 and found, page.text
            return found[1]

        assert client.get("/").status_code == 401
        assert (who("lin"), who("林"), who("lin", x_user="wang")) == ("lin", "林", "lin")
        assert httpx2.get(console.url("/"), headers={"x-user": "wang"}).status_code == 401, "without the proxy nobody is anybody"

        lin, wang = ("lin", "lin"), ("wang", "wang")
        foreign = client.post("/policies/own/small/edit", auth=lin, headers={"origin": "https://evil.example"})
        draft = client.post("/policies/own/small/edit", auth=lin, headers=HOST).headers["location"]
        change = {"do": "cells", "file": "policy.yaml", "path": RULES, "cells": [{"row": 0, "column": 1, "text": ">= 250"}]}
        edited = client.post(f"{draft}/edit", auth=lin, headers=HOST, json=change)
        not_hers = client.post(f"{draft}/edit", auth=wang, headers=HOST, json=change)
        large = client.post(f"{draft}/edit", auth=lin, headers=HOST, content=b"x" * 4_500_000)
        assert [one.status_code for one in (foreign, edited, not_hers, large)] == [403, 200, 422, 413]

        client.post(f"{draft}/save", auth=lin, headers=HOST, data={"why": "the board"})
        [proposal] = (tmp_path / "small" / "proposals").glob("*.json")
        address, seen = f"/policies/own/small/proposals/{proposal.stem}", {"do": "approve", "why": "seen"}
        assert [client.post(address, auth=one, headers=HOST, data=seen).status_code for one in (lin, wang)] == [422, 303]
    assert ">= 250" in (tmp_path / "small" / "policy.yaml").read_text(encoding="utf-8")
