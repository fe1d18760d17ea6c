"""A report and the page of a policy in a real browser: nothing is fetched, nothing complains, everybody can read it, and no row is cut on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import POLICY, tierwise
from tests.real_parts import need

CUSTOMERS = "customer_id,name,region,amount,judged_good\n" + "".join(
    f"{at:03},客户 {at} Söhne,{'东南西北'[at % 4]},{at * 7919 % 1_000_000 if at % 9 else ''},{'true' if at % 2 else 'false'}\n"
    for at in range(1, 200)
)
A4_WIDTH, A4_HEIGHT = 794, 1123
"""In pixels of 1/96 inch."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program = need("chromium", "playwright", "axe_playwright_python")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(program), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module", params=["en", "zh"])
def pages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return reports and the page of a policy, in a language."""
    folder = tmp_path_factory.mktemp("pages")
    with pytest.MonkeyPatch.context() as there:
        there.chdir(folder)
        Path("small.yaml").write_text(POLICY, encoding="utf-8")
        Path("customers.csv").write_text(CUSTOMERS, encoding="utf-8")
        run = ("customers.csv", "--policy", "small.yaml", "--language", request.param)
        tierwise("grade", *run, "--by", "region,tier", "--report", "grade.html")
        tierwise("path", *run, "--all", "--change", "amount:up", "--change", "judged_good", "--rows", "100", "--report", "path.html")
        tierwise("readiness", *run, "--report", "readiness.html")
        tierwise("borders", *run, "--report", "borders.html")
        tierwise("impact", *run, "--against", "small.yaml", "--report", "impact.html")
        shown = tierwise("show", "scorecard-100-rights", "--format", "html", "--language", request.param)
        Path("show.html").write_text(shown.out, encoding="utf-8")
    return [folder / f"{name}.html" for name in ("grade", "path", "readiness", "borders", "impact", "show")]


def test_pages_ask_for_nothing_and_can_be_read_by_everybody(browser: Any, pages: list[Path]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for path in pages:
        page = browser.new_page(
            viewport={"width": 1000, "height": 900}, bypass_csp=True
        )  # axe is a script, which the page itself admits none of
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("console", lambda message, complaints=complaints: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error, complaints=complaints: complaints.append(str(error)))
        page.goto(path.as_uri())
        serious = [found for found in Axe().run(page).response["violations"] if found["impact"] in ("serious", "critical")]

        assert asked == [path.as_uri()], path.name
        assert path.stat().st_size < 300_000, path.name
        assert complaints == [], path.name
        assert [(found["id"], found["nodes"][0]["html"]) for found in serious] == [], path.name
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path.name
        page.close()


def test_no_row_is_cut_on_paper_and_heads_are_repeated(browser: Any, pages: list[Path]) -> None:
    for path in pages:
        page = browser.new_page(viewport={"width": A4_WIDTH, "height": A4_HEIGHT})
        page.goto(path.as_uri())
        page.emulate_media(media="print")
        cut = page.evaluate("[...document.querySelectorAll('tr')].filter(row => getComputedStyle(row).breakInside !== 'avoid').length")
        heads = page.evaluate(
            "[...document.querySelectorAll('thead')].filter(e => getComputedStyle(e).display !== 'table-header-group').length"
        )

        assert (cut, heads) == (0, 0), path.name
        assert page.pdf(format="A4", prefer_css_page_size=True).startswith(b"%PDF"), path.name
        page.close()
