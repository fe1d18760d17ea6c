"""The console in a real browser: what a person does by keyboard, and what the browser is not allowed to do.

One browser and one console serve all tests of this file; each test has a policy and a context of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.plugins.console.console_policies import SMALL, write_large, write_small
from tests.real_parts import need

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.plugins.console.serving import Served

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
WAIT = 60_000
"""Milliseconds: a claim does not hang on how busy the machine is."""
MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>"
AXE = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = need("chromium", "playwright", "starlette", "uvicorn", "jinja2", "multipart")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(chromium), args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("policies")


@pytest.fixture(scope="module")
def site(browser: Browser, folder: Path) -> Iterator[Served]:
    from tests.plugins.console.serving import served

    with served(folder, str(_database(folder.parent / "customers.db"))) as console:
        yield console


@pytest.fixture
def opened(browser: Browser, site: Served) -> Iterator[Callable[[str], Page]]:
    """Open pages, each in a tab of one visitor; at the end none of them has asked elsewhere or met the security policy."""
    context = browser.new_context(viewport={"width": 1500, "height": 950})
    context.set_default_timeout(WAIT)
    wrong: list[str] = []
    context.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith(site.url("/")) else None)

    def heard(message: Any) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            wrong.append(message.text)

    context.on("console", heard)
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on("dialog", lambda dialog: wrong.append(f"dialog {dialog.message}"))
    context.new_page().goto(site.address)

    def page(path: str) -> Page:
        new = context.new_page()
        new.goto(site.url(path))
        return new

    yield page
    context.close()
    assert wrong == []


def _database(path: Path) -> Path:
    import sqlite3

    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE customers (customer_id TEXT PRIMARY KEY, customer_name TEXT, amount INTEGER, good TEXT, region TEXT)"
        )
        rows = [
            (f"{number:03}", f"客户{number}" if number > 1 else MARKUP, number * 7, "true" if number % 3 else "false", "")
            for number in range(1, 61)
        ]
        connection.executemany("INSERT INTO customers VALUES (?, ?, ?, ?, ?)", rows)
    connection.close()
    return path


def edit(opened: Callable[[str], Page], folder: Path, name: str, changes: str = "") -> Page:
    """Write a policy and open the editor on it."""
    write_small(folder, name, changes)
    return begin(opened, name)


def begin(opened: Callable[[str], Page], name: str) -> Page:
    page = opened(f"/policies/own/{name}")
    page.get_by_role("button", name="change it").click()
    page.wait_for_selector("#findings")
    return page


def text_of(folder: Path, name: str) -> str:
    return (folder / name / "policy.yaml").read_text(encoding="utf-8")


def changed_lines(before: str, after: str) -> list[tuple[str, str]]:
    old, new = before.splitlines(), after.splitlines()
    assert len(old) == len(new)
    return [(one.strip(), other.strip()) for one, other in zip(old, new, strict=True) if one != other]


def tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    for _ in range(80):
        page.keyboard.press(key)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by {key}")


def cell(page: Page, row: int, column: int) -> Any:
    return page.locator("table.grid tbody tr").nth(row).locator("td").nth(column)


def cells(page: Page) -> list[list[str]]:
    found: list[list[str]] = page.evaluate(
        "() => [...document.querySelector('table.grid').tBodies[0].rows].map(row => [...row.cells].slice(1).map(cell => cell.textContent))"
    )
    return found


def settled(page: Page) -> None:
    """Wait until the server has answered all that was changed."""
    page.evaluate("() => window.tierwise.last")


def paste(page: Page, text: str) -> None:
    page.evaluate(
        "text => { const data = new DataTransfer(); data.setData('text/plain', text);"
        "document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})) }",
        text,
    )
    settled(page)


def test_a_threshold_is_changed_and_saved_by_keyboard_alone_and_one_line_differs(opened: Callable[[str], Page], folder: Path) -> None:
    page = edit(opened, folder, "keyboard")
    tab_to(page, "table.grid td")
    page.keyboard.press("ArrowRight")
    page.keyboard.type(">= 250")
    page.keyboard.press("Enter")
    settled(page)
    tab_to(page, "#changes", "Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#reason")
    assert page.locator("#side .diff tbody tr").all_inner_texts()[0].split("\t") == [
        "tier › table › rules › top › usage", ">= 300", ">= 250"
    ]  # fmt: skip
    tab_to(page, "#reason")
    page.keyboard.type("from the board of May")
    page.keyboard.press("Enter")
    page.wait_for_selector("#saved")

    assert changed_lines(SMALL, text_of(folder, "keyboard")) == [
        ("top  | >= 300      | true  -> A    | 第一条", "top  | >= 250      | true  -> A    | 第一条")
    ]
    line = json.loads((folder / "keyboard" / "changes.jsonl").read_text(encoding="utf-8"))
    assert (line["who"], line["did"], line["why"]) == ("lin", "saved", "from the board of May")


def test_a_gap_shows_with_an_example_and_its_button_closes_it(opened: Callable[[str], Page], folder: Path) -> None:
    page = edit(opened, folder, "gap")
    cell(page, 1, 1).click()
    page.keyboard.press("Alt+Delete")
    page.wait_for_selector("#findings .warning .add-row")
    took = int(page.get_attribute("#status", "data-took") or 0)

    assert "usage from 100 but under 300" in page.inner_text("#findings li:has(.add-row) .go")
    assert re.search(r"usage = \d{3}, pays well = yes", page.inner_text("#findings .witness"))
    assert "warning" in (page.get_attribute("table.grid", "class") or "")
    assert took < 20_000  # milliseconds: no claim about a machine (docs tell what was measured), but that nobody waits for all customers

    page.click("#findings .add-row")
    page.wait_for_selector("#findings .add-row", state="detached")
    assert cells(page)[-1] == ["new-1", "[100..300)", "true", "undetermined(gap)", ""]


def test_what_is_wrong_shows_at_its_cell_while_it_is_typed_and_goes_with_escape(opened: Callable[[str], Page], folder: Path) -> None:
    page = edit(opened, folder, "typing")
    cell(page, 0, 1).click()
    page.keyboard.type(">= lots")
    page.wait_for_selector("table.grid td.error")

    assert cell(page, 0, 1).get_attribute("aria-invalid") == "true"
    assert "lots" in (cell(page, 0, 1).get_attribute("title") or "")
    assert page.locator("#undo").is_disabled()

    page.keyboard.press("Escape")
    page.wait_for_selector("table.grid td.error", state="detached")
    assert cells(page)[0][1] == ">= 300"


def test_what_excel_copies_is_pasted_as_it_is_and_undone_and_redone(opened: Callable[[str], Page], folder: Path) -> None:
    page = edit(opened, folder, "excel")
    before = cells(page)
    cell(page, 2, 0).click()
    paste(page, '001\t1-3\t=1\r\n中文\t50%\t"a ""b"""\r\n-5\t1e3\t"two\nlines"\r\n')

    pasted = cells(page)
    assert [row[:3] for row in pasted[2:]] == [["001", "1-3", "=1"], ["中文", "50%", 'a "b"'], ["-5", "1e3", "two lines"]]
    assert pasted[:2] == before[:2]

    page.keyboard.press("Control+z")
    settled(page)
    assert cells(page) == before
    page.keyboard.press("Control+y")
    settled(page)
    assert cells(page) == pasted


def test_a_range_is_copied_for_excel(opened: Callable[[str], Page], folder: Path) -> None:
    page = edit(opened, folder, "copying")
    cell(page, 0, 0).click()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    copied = page.evaluate(
        "() => { const data = new DataTransfer(); document.activeElement.dispatchEvent("
        "new ClipboardEvent('copy', {clipboardData: data, bubbles: true, cancelable: true})); return data.getData('text/plain') }"
    )

    assert copied == "top\t>= 300\nmid\t[100..300)"


def test_everything_is_undone_in_its_order(opened: Callable[[str], Page], folder: Path) -> None:
    page = edit(opened, folder, "undoing")
    cell(page, 0, 1).click()
    page.keyboard.press("Delete")
    page.keyboard.press("Alt+Enter")
    settled(page)
    page.keyboard.press("Alt+ArrowUp")
    settled(page)
    field = page.locator("textarea.value")
    field.fill("if amount >= 5 then 2 else 1")
    field.press("Enter")
    settled(page)
    drafts = page.url.split("?")[0]
    page.goto(f"{drafts}?part=parameters")
    page.locator("input.value[value='100']").fill("120")
    page.keyboard.press("Tab")
    settled(page)
    page.goto(f"{drafts}?part=text%2Fpolicy.yaml")
    assert "value: 120" in page.input_value(".text-view textarea")
    page.locator(".text-view textarea").press("Control+Home")
    page.keyboard.type("# new\n")
    page.keyboard.press("Shift+Tab")
    settled(page)

    states = [page.input_value(".text-view textarea")]
    while page.locator("#undo").is_enabled():
        page.click("#undo")
        settled(page)
        states.append(page.input_value(".text-view textarea"))
    assert len(set(states)) == 7
    assert states[-1] == SMALL
    while page.locator("#redo").is_enabled():
        page.click("#redo")
        settled(page)
    assert page.input_value(".text-view textarea") == states[0]


def test_chinese_is_composed_into_a_cell(opened: Callable[[str], Page], folder: Path) -> None:
    page = edit(opened, folder, "composing")
    cell(page, 3, 4).click()
    session = page.context.new_cdp_session(page)
    session.send("Input.dispatchKeyEvent", {"type": "keyDown", "key": "Process", "code": "KeyD", "windowsVirtualKeyCode": 229})
    for text in ("d", "da", "da k", "大客"):
        session.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    assert page.locator("#undo").is_disabled()
    session.send("Input.insertText", {"text": "大客户"})
    page.keyboard.press("Enter")
    settled(page)

    assert cells(page)[3][4] == "大客户"


def test_a_formula_is_completed_and_its_error_is_underlined(opened: Callable[[str], Page], folder: Path) -> None:
    page = edit(opened, folder, "formula")
    field = page.locator("textarea.value")
    field.fill("if am")
    field.press("Control+Space")
    page.wait_for_selector(".completions li")
    assert page.locator(".completions li").first.inner_text().startswith("amount")
    page.keyboard.press("Enter")
    assert field.input_value() == "if amount"
    page.keyboard.type(" >= lots then 2 else 1")

    page.wait_for_selector('.backdrop mark.error:text-is("lots")')


def test_a_large_table_is_drawn_at_once_and_typed_in_without_lag(opened: Callable[[str], Page], folder: Path) -> None:
    write_large(folder)
    page = begin(opened, "large")
    assert page.locator("table.grid tbody td").count() == 9_000
    draw = "() => window.tierwise.reload().then(() => new Promise(requestAnimationFrame))"
    drawn = min(cpu_seconds(page, draw) for _ in range(3))
    cell(page, 150, 5).click()
    key = "() => { document.execCommand('insertText', false, '7'); return new Promise(requestAnimationFrame) }"
    typed = min(cpu_seconds(page, key) for _ in range(5))

    # 0.17 to 0.26 s and 0.013 to 0.020 s were measured on a busy machine with two cores; a grid that is laid out as a whole takes 0.45 and 0.1 s.
    assert drawn < 0.5
    assert typed < 0.08


def cpu_seconds(page: Page, script: str) -> float:
    """Return what the page computed while a script ran, in seconds of its own thread: how busy the machine is does not count."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def taken() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))

    before = taken()
    page.evaluate(script)
    return taken() - before


def test_what_is_typed_while_the_console_knows_the_browser_no_more_is_sent_once_it_does(
    opened: Callable[[str], Page], site: Served, folder: Path
) -> None:
    page = edit(opened, folder, "anew")
    page.context.clear_cookies()  # as another token does, after the console was started anew
    cell(page, 0, 1).click()
    page.keyboard.type(">= 250")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.getElementById('status').textContent.includes('started anew')")
    page.context.new_page().goto(site.address)

    page.wait_for_selector("#undo:enabled")
    settled(page)
    assert cells(page)[0][1] == ">= 250"


def test_two_tabs_that_change_one_policy_get_a_conflict_and_both_changes(opened: Callable[[str], Page], folder: Path) -> None:
    one = edit(opened, folder, "conflict")
    two = begin(opened, "conflict")
    for page, column, text in ((one, 1, ">= 250"), (two, 4, "their note")):
        cell(page, 0 if column == 1 else 1, column).click()
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        settled(page)
    save(one, "first")
    one.wait_for_selector("#saved")
    save(two, "second")
    two.wait_for_selector("#side [role=alert]")
    shown = two.inner_text("#side")
    assert ">= 250" in shown and "their note" in shown
    assert "their note" not in text_of(folder, "conflict")

    two.get_by_role("button", name="put my changes on top of theirs").click()
    two.wait_for_selector("#findings")
    save(two, "second, on top")
    two.wait_for_selector("#saved")
    assert ">= 250" in text_of(folder, "conflict") and "their note" in text_of(folder, "conflict")
    assert len(changed_lines(SMALL, text_of(folder, "conflict"))) == 2


def save(page: Page, why: str) -> None:
    page.click("#changes")
    page.fill("#reason", why)
    page.press("#reason", "Enter")


def test_a_customer_is_tried_and_the_rows_are_lit(opened: Callable[[str], Page], folder: Path) -> None:
    page = edit(opened, folder, "trying")
    page.click("#try")
    page.fill("#side input[name=customer]", "客户50")
    page.press("#side input[name=customer]", "Enter")
    page.wait_for_selector("#tried", state="attached")

    assert page.get_attribute("table.grid tr.met", "data-id") == "top"
    assert "usage" in page.inner_text("tr.missed[data-id=mid] .miss")
    assert page.inner_text("#side .outcomes tr >> nth=0").split("\t") == ["tier", "A"]


def test_who_moves_is_said_of_the_draft_before_it_is_saved(opened: Callable[[str], Page], folder: Path) -> None:
    page = edit(opened, folder, "moving")
    cell(page, 0, 1).click()
    page.keyboard.type(">= 390")
    page.keyboard.press("Enter")
    cell(page, 1, 1).click()
    page.keyboard.type("[100..390)")
    page.keyboard.press("Enter")
    settled(page)
    page.click("#impact")
    page.wait_for_selector("#impact-page")

    assert "9" in page.inner_text("#impact-page")
    assert "客户43" in page.inner_text("#impact-page")


LABELS = SMALL.replace("en: pays well", f"en: '{MARKUP}'").replace("en: A small policy", f"en: '{MARKUP}'").replace("第一条", MARKUP)


def test_markup_in_labels_names_and_cells_stays_text(opened: Callable[[str], Page], folder: Path) -> None:
    write_small(folder, "markup")
    (folder / "markup" / "policy.yaml").write_text(LABELS, encoding="utf-8")
    for path in ("", "/results", "/customer?customer=001"):
        page = opened(f"/policies/own/markup{path}")
        assert page.locator("main img, main script").count() == 0
    page = begin(opened, "markup")
    assert cells(page)[0][4] == MARKUP
    page.click("#try")
    page.wait_for_selector("#side form")
    assert page.locator("main img, main script").count() == 0
    assert MARKUP in page.inner_text("#side")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_have_no_serious_fault_for_people_who_do_not_see_or_use_a_mouse(
    opened: Callable[[str], Page], folder: Path, language: str
) -> None:
    name = f"axe-{language}"
    write_small(folder, name, "changes: {approval: second_person}\n")
    opened(f"/?language={language}")
    page = opened("/")
    site = "/".join(page.url.split("/")[:3])
    faults: list[str] = []
    pages = ("", f"policies/own/{name}", f"policies/own/{name}/results", f"policies/own/{name}/customer?customer=001")
    refused = ("policies/own/nobody", f"policies/own/{name}/customer?customer=")
    for path in (*pages, *refused):
        page.goto(f"{site}/{path}")
        faults += serious(page, path)
    assert page.locator("main [role=alert]").count() == 1
    page.goto(f"{site}/policies/own/{name}")
    page.locator("nav.tabs button").click()
    page.wait_for_selector("#findings")
    cell(page, 0, 1).click()
    page.keyboard.type(">= lots")
    page.wait_for_selector("table.grid td.error")
    faults += serious(page, "editor")
    page.keyboard.press("Escape")
    page.keyboard.type(">= 290")
    page.keyboard.press("Enter")
    settled(page)
    draft = page.url.split("?")[0]
    page.locator("#new-overlay button").click()
    page.wait_for_selector("#part[data-part='overlay/company.yaml']")
    faults += serious(page, "overlay", "main")
    for part in ("cases", "parameters", "text%2Fpolicy.yaml"):
        page.goto(f"{draft}?part={part}")
        faults += serious(page, part, "#part")
    for button, shown in (("#try", "#side input[name=customer]"), ("#impact", "#impact-page"), ("#changes", "#reason")):
        page.click(button)
        page.wait_for_selector(shown)
        faults += serious(page, button, "#side")
    meanwhile = folder / name / "policy.yaml"
    meanwhile.write_text(meanwhile.read_text(encoding="utf-8").replace("whoever pays badly", "theirs"), encoding="utf-8")
    page.fill("#reason", "why")
    page.press("#reason", "Enter")
    page.wait_for_selector("#side [role=alert]")
    faults += serious(page, "conflict", "#side")
    page.locator("#side form button").click()
    page.wait_for_selector("#side", state="attached")
    page.goto(f"{site}/policies/own/{name}")
    page.wait_for_selector(".proposal")
    faults += serious(page, "a draft that is not saved", ".proposal")
    page.goto(draft)
    save(page, "on top")
    page.wait_for_selector("#saved")
    page.goto(f"{site}/policies/own/{name}/changes")
    faults += serious(page, "changes")

    assert faults == []
    assert page.get_attribute("html", "lang") == {"en": "en", "zh": "zh-CN"}[language]


def serious(page: Page, where: str, part: str = "html") -> list[str]:
    """Return what axe finds on a page or a part of one; parts are looked at alone where the rest of the page was seen already.

    Colours are of no language, and to look at them takes most of the time: they are looked at in English.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
    found = page.evaluate(
        "async part => (await axe.run(part, {resultTypes: ['violations'],"
        "rules: {'color-contrast': {enabled: document.documentElement.lang === 'en'}}})).violations.filter(one => ['serious', 'critical'].includes(one.impact))",
        part,
    )
    return [f"{where}: {one['id']} {node['html'][:200]}" for one in found for node in one["nodes"][:3]]
