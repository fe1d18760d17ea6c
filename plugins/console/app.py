"""The console as an application: addresses, and what each does; what a page shows is worked out elsewhere."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial, wraps
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from tierwise.core.errors import TierwiseError
from tierwise.core.finding import Severity
from tierwise.plugins.console.change_log import read_log
from tierwise.plugins.console.draft import Draft, Drafts
from tierwise.plugins.console.draft_check import CheckedTexts, Checker, Placed, placed
from tierwise.plugins.console.draft_journal import FOLDER, DraftJournal
from tierwise.plugins.console.editor_parts import case_views, groups_of, names_to_complete, overlay_view, parts_of
from tierwise.plugins.console.edits import Refused, read_edit
from tierwise.plugins.console.entrance import USER, refusal_text
from tierwise.plugins.console.file_changes import Changed, changes_of, merged
from tierwise.plugins.console.look import counts_of, customer_page, readiness_in_short, results_of
from tierwise.plugins.console.moving import impact_json, impact_pages
from tierwise.plugins.console.saving import Conflict, Proposal, Saved, Saver, approval_rule
from tierwise.plugins.console.shelf import Entry, PolicyTexts, Shelf
from tierwise.plugins.console.trial import fact_fields, subject_facts, try_facts, try_subject
from tierwise.plugins.loading import MAIN
from tierwise.plugins.manager import Plugins
from tierwise.plugins.people_names import Naming
from tierwise.plugins.policy import LoadedPolicy
from tierwise.plugins.policy_page import policy_page
from tierwise.plugins.sentences.catalogue import finding_in, said
from tierwise.plugins.sentences.phrases import words_of
from tierwise.plugins.web.admission import Refusal
from tierwise.plugins.word_labels import labels_of_words

__all__ = ["Console", "ConsoleSettings", "console_app"]

HERE = Path(__file__).parent
LANGUAGES = ("en", "zh")
LANGUAGE_COOKIE = "tierwise_language"
Found = TypeVar("Found")
KEPT = 60
AT_ONCE = 2
"""How many requests look at the database at once; others wait, so that typing stays quick."""
MOST_SHOWN = 200
"""How many findings a panel shows."""
STATIC = {
    path.relative_to(HERE / "static").as_posix(): path for path in (HERE / "static").rglob("*") if path.suffix in (".js", ".css", ".svg")
}


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """What the console was started with.

    Attributes:
        folder: Where one's own policies are.
        database: The customers; nothing where none was named.
        as_of: The date of all runs.
        language: The language of pages until a reader chooses another.
        read_only: Whether nothing is ever written.
    """

    folder: Path | None
    database: str | None
    as_of: date | None
    language: str
    read_only: bool


class Console:
    """What all requests share."""

    def __init__(self, settings: ConsoleSettings, plugins: Plugins, now: Callable[[], str]) -> None:
        self.settings = settings
        self.plugins = plugins
        self.shelf = Shelf(settings.folder, plugins)
        self.checker = Checker(plugins)
        journal = None if self.shelf.folder is None or settings.read_only else DraftJournal(self.shelf.folder / FOLDER)
        self.drafts = Drafts(self.shelf, journal, now)
        self.saver = Saver(self.shelf, now)
        self._kept: dict[Any, Any] = {}
        self.data = threading.BoundedSemaphore(AT_ONCE)
        self.pages = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self.pages.filters["json"] = partial(json.dumps, ensure_ascii=False)
        self.pages.filters["quote"] = partial(quote, safe="")
        self.pages.globals["say"] = _say
        self.pages.filters["said"] = said

    def page(self, name: str, call: Call, status: int = 200, **more: Any) -> HTMLResponse:
        """Return a page or a part of one, in the reader's language."""
        language = call.language
        words = words_of("console", language)
        text = self.pages.get_template(name).render(
            words=words, language=language, settings=self.settings, user=call.user, path=call.request.url.path, Severity=Severity, **more
        )
        return HTMLResponse(text, status)

    def kept(self, about: Any, work: Callable[[], Found]) -> Found:
        """Return what some work over the database gives; what was worked out last is kept while neither its texts nor the database change."""
        key = (repr(about), _stamp(self.settings.database))
        if key not in self._kept:
            while len(self._kept) >= KEPT:
                self._kept.pop(next(iter(self._kept)), None)
            self._kept[key] = work()
        found: Found = self._kept[key]
        return found

    def entry(self, call: Call) -> Entry:
        """Return the policy of an address."""
        shelf, name = call.request.path_params["shelf"], call.request.path_params["name"]
        entry = self.shelf.find(name, shelf == "own") if shelf in ("own", "shipped") else None
        if entry is None:
            raise HTTPException(404)
        return entry

    def checked(self, texts: PolicyTexts, layers: Sequence[str] = ()) -> CheckedTexts:
        """Return a policy of the shelf as it is checked, with some of the overlays beside it over it."""
        return self.checker.check(texts.all, tuple(texts.files), layers)

    def loaded(self, texts: PolicyTexts, layers: Sequence[str] = ()) -> LoadedPolicy:
        """Return a policy, ready to decide.

        Raises:
            Refused: It has errors.
        """
        loaded = self.checked(texts, layers).loaded
        if loaded is None:
            raise Refused("the policy has errors: mend them in the editor first")
        return loaded

    def draft(self, call: Call) -> Draft:
        """Return the draft of an address."""
        return self.drafts.find(call.request.path_params["draft"], call.user)

    def of_draft(self, draft: Draft) -> CheckedTexts:
        """Return a draft as it is checked."""
        return self.checker.check(draft.files, tuple(draft.base.files), draft.layers)

    def ready(self, draft: Draft) -> LoadedPolicy:
        """Return a draft, ready to decide.

        Raises:
            Refused: It has errors.
        """
        loaded = self.of_draft(draft).loaded
        if loaded is None:
            raise Refused("the draft has errors: mend them first")
        return loaded


@dataclass(frozen=True, slots=True)
class Call:
    """A request, with what was read of it: who asks, in which language, and what it brings."""

    request: Request
    user: str
    language: str
    form: Mapping[str, str]
    body: bytes

    @property
    def query(self) -> Mapping[str, str]:
        """What stands behind the question mark."""
        return self.request.query_params

    def laid(self, texts: PolicyTexts) -> dict[str, Any]:
        """Return which overlays are laid over a policy to look at it, and how an address says so."""
        layers = tuple(name for name in self.request.query_params.getlist("layer") if name in texts.overlays)
        return {"overlays": tuple(texts.overlays), "layers": layers, "laid": urlencode([("layer", name) for name in layers])}


@pass_context
def _say(context: Context, key: str, **parts: Any) -> str:
    return str(context["words"][key]).format(**parts)


def _stamp(database: str | None) -> tuple[int, int]:
    """Return what changes when a file does: its time and size; nothing for what is no file."""
    try:
        about = os.stat(database or "")
    except OSError:
        return (time.time_ns(), 0)
    return (about.st_mtime_ns, about.st_size)


View = Callable[[Console, Call], Response]


def console_app(console: Console) -> Starlette:
    """Return the application; it has to stand behind a guard."""
    routes = [
        Route("/static/{path:path}", _static),
        *(Route(path, _endpoint(console, view), methods=[method]) for method, path, view in ROUTES),
    ]
    return Starlette(routes=routes, exception_handlers={HTTPException: _wrong_address(console), Refusal: _refused_body})


def _endpoint(console: Console, view: View) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        form: dict[str, str] = {}
        body = b""
        if request.method == "POST":
            if request.headers.get("content-type", "").startswith("application/json"):
                body = await request.body()
            else:
                async with request.form(max_files=0, max_fields=2_000) as given:
                    form = {key: value for key, value in given.items() if isinstance(value, str)}
        call = Call(request, str(request.scope.get(USER, "")), _language(request, console), form, body)
        return await run_in_threadpool(_answer, console, view, call)

    return endpoint


def _answer(console: Console, view: View, call: Call) -> Response:
    """Answer; what a person can mend is said in words."""
    try:
        return view(console, call)
    except (Refused, TierwiseError) as error:
        text, help = (said(part, call.language) for part in (str(error), getattr(error, "help", "") or ""))
        if call.request.headers.get("content-type", "").startswith("application/json"):
            return JSONResponse({"refused": text, "help": help}, 422)
        is_part = call.request.headers.get("hx-request") is not None
        return console.page("refused_part.html" if is_part else "refused.html", call, 422, text=text, help=help)


def _language(request: Request, console: Console) -> str:
    given = request.query_params.get("language") or request.cookies.get(LANGUAGE_COOKIE) or console.settings.language
    return given if given in LANGUAGES else "en"


def _wrong_address(console: Console) -> Any:
    async def answer(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        call = Call(request, str(request.scope.get(USER, "")), _language(request, console), {}, b"")
        words = words_of("console", call.language)
        text = words["no page"] if error.status_code in (404, 405) else words["no request"]
        return console.page("refused.html", call, error.status_code, text=text, help="")

    return answer


async def _refused_body(request: Request, error: Exception) -> Response:
    """Answer a body that turned out too large or too slow while it was read."""
    assert isinstance(error, Refusal)
    return PlainTextResponse(refusal_text(error) + "\n", error.status)


async def _static(request: Request) -> Response:
    path = STATIC.get(request.path_params["path"])
    if path is None:
        raise HTTPException(404)
    return FileResponse(path, headers={"cache-control": "no-cache"}, media_type="text/javascript" if path.suffix == ".js" else None)


def _on_data(view: View) -> View:
    """Let a view that looks at the database wait for its turn."""

    @wraps(view)
    def waiting(console: Console, call: Call) -> Response:
        with console.data:
            return view(console, call)

    return waiting


def _writing(view: View) -> View:
    """Let a view that writes run only where writing is allowed."""

    @wraps(view)
    def guarded(console: Console, call: Call) -> Response:
        if console.settings.read_only:
            raise Refused("the console was started with `--read-only`: nothing is written")
        return view(console, call)

    return guarded


# ---- to look at ----------------------------------------------------------------------------------------------------------------------


def shelf_page(console: Console, call: Call) -> Response:
    """Show the policies at hand."""
    own, shipped = console.shelf.own(), console.shelf.shipped()
    titles, shipped_titles = ({entry.name: console.shelf.title(entry, call.language) for entry in some} for some in (own, shipped))
    response = console.page("shelf.html", call, own=own, shipped=shipped, titles=titles, shipped_titles=shipped_titles)
    if call.query.get("language") in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, call.language, samesite="strict", httponly=True)
    return response


@_on_data
def shelf_state(console: Console, call: Call) -> Response:
    """Show in a line how a policy stands."""
    entry = console.entry(call)
    texts = console.shelf.texts(entry)
    checked = console.checked(texts)
    policy = checked.policy
    ready = None
    if checked.loaded is not None and console.settings.database is not None:
        ready = console.kept(
            ("ready", texts.all), partial(readiness_in_short, checked.loaded, console.settings.database, console.settings.as_of)
        )
    waiting = len(console.saver.proposals(entry))
    title = policy.title.in_language(call.language) if policy is not None else ""
    return console.page(
        "shelf_state.html", call, entry=entry, title=title, counts=counts_of(checked.findings), ready=ready, waiting=waiting,
        unsaved=console.drafts.unsaved(entry, texts, call.user),
    )  # fmt: skip


def policy_view(console: Console, call: Call) -> Response:
    """Show a policy's page."""
    entry = console.entry(call)
    texts = console.shelf.texts(entry)
    laid = call.laid(texts)
    checked = console.checked(texts, laid["layers"])
    blocks: tuple[Any, ...] = ()
    if checked.loaded is not None:
        loaded = checked.loaded
        blocks = policy_page(loaded.policy, loaded.plan, call.language, functions=loaded.environment.functions)
    found = [finding_in(one, call.language) for one in checked.findings[:MOST_SHOWN]]
    unsaved = console.drafts.unsaved(entry, texts, call.user)
    return console.page("policy.html", call, entry=entry, blocks=blocks, findings=found, unsaved=unsaved, **laid)


@_on_data
def results_view(console: Console, call: Call) -> Response:
    """Show the results of a policy over the database."""
    entry = console.entry(call)
    search = call.query.get("search", "")[:200]
    texts, database = console.shelf.texts(entry), _database(console)
    laid = call.laid(texts)
    loaded = console.loaded(texts, laid["layers"])
    work = partial(results_of, loaded, database, console.settings.as_of, call.language, search)
    results = console.kept((call.language, search, texts.all, laid["layers"]), work)
    return console.page("results.html", call, entry=entry, results=results, search=search, **laid)


@_on_data
def customer_view(console: Console, call: Call) -> Response:
    """Show one customer."""
    entry = console.entry(call)
    word = call.query.get("customer", "").strip()
    if not word:
        raise Refused("name a customer")
    texts = console.shelf.texts(entry)
    laid = call.laid(texts)
    found = customer_page(console.loaded(texts, laid["layers"]), _database(console), console.settings.as_of, word, call.language)
    return console.page("customer.html", call, entry=entry, customer=found, **laid)


def log_view(console: Console, call: Call) -> Response:
    """Show what was saved and approved, and what waits for approval."""
    entry = console.entry(call)
    if entry.folder is None:
        raise HTTPException(404)
    texts = console.shelf.texts(entry)
    entries, broken = read_log(entry.folder)
    rule = approval_rule(texts.files[MAIN])
    waiting = [
        (one, changes_of(texts.all, {**texts.all, **one.files}), rule.admits(call.user, one.who)) for one in console.saver.proposals(entry)
    ]
    naming = Naming.of(console.checked(texts).policy, call.language)
    return console.page("log.html", call, entry=entry, entries=list(reversed(entries)), broken=broken, waiting=waiting, naming=naming)


@_writing
def decide_proposal(console: Console, call: Call) -> Response:
    """Approve or reject a proposal."""
    entry = console.entry(call)
    approve = call.form.get("do") == "approve"
    done = console.saver.decide(entry, call.request.path_params["proposal"], call.user, call.form.get("why", ""), approve)
    if isinstance(done, Conflict):
        raise Refused("the policy was changed since this was proposed: its author has to propose it anew")
    return RedirectResponse(f"/policies/own/{quote(entry.name, safe='')}/changes", 303)


@_writing
def copy_policy(console: Console, call: Call) -> Response:
    """Copy a shipped policy."""
    entry = console.shelf.copy(console.entry(call).name, call.form.get("new", "").strip())
    return RedirectResponse(f"/policies/own/{quote(entry.name, safe='')}", 303)


# ---- to change -----------------------------------------------------------------------------------------------------------------------


def begin_draft(console: Console, call: Call) -> Response:
    """Begin a draft of a policy."""
    entry = console.entry(call)
    draft = console.drafts.begin(entry, console.shelf.texts(entry), call.user)
    return RedirectResponse(f"/drafts/{draft.id}", 303)


def drop_draft(console: Console, call: Call) -> Response:
    """Throw a draft away."""
    draft = console.drafts.drop(call.request.path_params["draft"], call.user)
    return RedirectResponse(f"/policies/own/{quote(draft.entry.name, safe='')}", 303)


def draft_view(console: Console, call: Call) -> Response:
    """Show the editor."""
    draft = console.draft(call)
    return console.page("editor.html", call, **_editor(console, call, draft), **_part(console, call, draft), **_panel(console, call, draft))


def draft_part(console: Console, call: Call) -> Response:
    """Show one part of the editor."""
    draft = console.draft(call)
    return console.page("part.html", call, draft=draft, **_part(console, call, draft))


def draft_edit(console: Console, call: Call) -> Response:
    """Make a change."""
    draft = console.draft(call)
    draft.change(read_edit(call.body))
    return _state(console, call, draft, draft.files)


def draft_preview(console: Console, call: Call) -> Response:
    """Say what would be found after a change, without making it."""
    draft = console.draft(call)
    return _state(console, call, draft, draft.tried(read_edit(call.body)))


def draft_undo(console: Console, call: Call) -> Response:
    """Take the last change back."""
    draft = console.draft(call)
    draft.undo()
    return _state(console, call, draft, draft.files)


def draft_redo(console: Console, call: Call) -> Response:
    """Make a change again."""
    draft = console.draft(call)
    draft.redo()
    return _state(console, call, draft, draft.files)


def draft_layers(console: Console, call: Call) -> Response:
    """Choose the overlays that are laid over the draft."""
    draft = console.draft(call)
    draft.lay_over(tuple(name for name in draft.overlays if call.form.get(f"layer {name}")))
    return RedirectResponse(f"/drafts/{draft.id}?part={quote(call.form.get('part', ''), safe='')}", 303)


def draft_names(console: Console, call: Call) -> Response:
    """Return the names that formulas may hold."""
    names = names_to_complete(console.of_draft(console.draft(call)), console.plugins)
    return JSONResponse([{"name": name, "what": what} for name, what in dict(names).items()])


@_on_data
def draft_try(console: Console, call: Call) -> Response:
    """Try a customer: one of the database, or one whose facts a person types."""
    draft = console.draft(call)
    loaded = console.ready(draft)
    words = labels_of_words(loaded.policy, call.language)
    customer = call.form.get("customer", "").strip()
    given: dict[str, str] = {}
    tried = None
    if call.form.get("do") == "customer" and customer:
        with subject_facts(loaded, _database(console), console.settings.as_of, customer) as (bound, key, given):
            tried, customer = try_subject(bound, key, call.language), key
    elif call.form.get("do") == "facts":
        given = {name.removeprefix("fact "): value[:20_000] for name, value in call.form.items() if name.startswith("fact ")}
        tried = try_facts(loaded, given, console.settings.as_of, call.language)
    fields = fact_fields(loaded, words, given, call.language)
    hits = [asdict(hit) for hit in tried.hits] if tried is not None else []
    return console.page("try.html", call, draft=draft, tried=tried, hits=hits, fields=fields, customer=customer)


@_on_data
def draft_impact(console: Console, call: Call) -> Response:
    """Say who moves by the draft."""
    draft = console.draft(call)
    old, new = _sides(console, draft)
    blocks = impact_pages(old, new, _database(console), console.settings.as_of, call.language)
    return console.page("impact.html", call, blocks=blocks)


@_on_data
def draft_impact_json(console: Console, call: Call) -> Response:
    """Say who moves, as ``tierwise impact --format json`` does."""
    old, new = _sides(console, console.draft(call))
    return JSONResponse(impact_json(old, new, _database(console), console.settings.as_of, call.language))


def draft_changes(console: Console, call: Call) -> Response:
    """Show what the draft changes, cell by cell, and how it is saved."""
    draft = console.draft(call)
    naming = Naming.of(console.of_draft(draft).policy, call.language)
    return console.page("changes.html", call, **_changes(console, draft), naming=naming)


@_writing
def draft_save(console: Console, call: Call) -> Response:
    """Save the draft, or propose it."""
    draft = console.draft(call)
    with draft.lock:
        if console.of_draft(draft).loaded is None:
            raise Refused("the draft has errors: mend them first")
        done = console.saver.save(draft.entry, draft.base, draft.files, call.user, call.form.get("why", ""))
        if isinstance(done, Conflict):
            mine, theirs = changes_of(draft.base.all, draft.files), changes_of(draft.base.all, done.theirs.all)
            naming = Naming.of(console.of_draft(draft).policy, call.language)
            return console.page("conflict.html", call, 409, draft=draft, mine=mine, theirs=theirs, naming=naming)
        if isinstance(done, Saved):
            draft.saved(done.texts)
    return console.page("saved.html", call, draft=draft, proposal=done if isinstance(done, Proposal) else None)


def draft_rebase(console: Console, call: Call) -> Response:
    """Put the changes of a draft on top of what others saved meanwhile; where both changed a line, the draft's holds and is shown as a change."""
    draft = console.draft(call)
    with draft.lock:
        theirs = console.shelf.texts(draft.entry)
        draft.rebase(theirs, merged(draft.base.all, draft.files, theirs.all))
    return RedirectResponse(f"/drafts/{draft.id}?part={quote(call.form.get('part', ''), safe='')}", 303)


# ---- what several of these need --------------------------------------------------------------------------------------------------------


def _database(console: Console) -> str:
    if console.settings.database is None:
        raise Refused("the console was started without a database: start it with `--database`")
    return console.settings.database


def _sides(console: Console, draft: Draft) -> tuple[LoadedPolicy, LoadedPolicy]:
    """Return what is saved and the draft, each ready to decide."""
    saved = console.checker.check(
        draft.base.all, tuple(draft.base.files), tuple(name for name in draft.layers if name in draft.base.all)
    ).loaded
    if saved is None:
        raise Refused("what is saved has errors: there is nothing to compare with")
    return saved, console.ready(draft)


def _editor(console: Console, call: Call, draft: Draft) -> dict[str, Any]:
    policy = console.of_draft(draft).policy
    parts = parts_of(draft, policy, call.language)
    slug = policy.policy if policy is not None else draft.entry.name
    return {
        "draft": draft,
        "parts": parts,
        "slug": slug,
        "title": policy.title.in_language(call.language) if policy is not None else draft.entry.name,
    }


def _part(console: Console, call: Call, draft: Draft) -> dict[str, Any]:
    """Return what a part of the editor shows; the first one where none is named."""
    checked = console.of_draft(draft)
    policy = checked.policy
    naming = Naming.of(policy, call.language)
    parts = {part.name: part for part in parts_of(draft, policy, call.language)}
    part = parts.get(call.query.get("part", "")) or next(iter(parts.values()))
    found: dict[str, Any] = {
        "part": part,
        "groups": (),
        "cases": (),
        "overlay": None,
        "text": None,
        "next_case": 0,
        "labels": naming.labels,
    }
    if part.sort in ("module", "section", "table"):
        found["groups"] = groups_of(draft, part.name, naming)
    elif part.sort == "cases":
        found["cases"] = case_views(draft, policy, checked.loaded, naming)
        found["next_case"] = len(found["cases"])
    elif part.sort == "overlay":
        found["overlay"] = overlay_view(draft, part.name.removeprefix("overlay/"), checked, naming)
    else:
        found["text"] = draft.files[part.name.removeprefix("text/")]
    return found


def _panel(console: Console, call: Call, draft: Draft) -> dict[str, Any]:
    checked = console.of_draft(draft)
    naming = Naming.of(checked.policy, call.language)
    found = _placed_in(naming, checked, draft.files)
    return {"found": found[:MOST_SHOWN], "hidden": len(found[MOST_SHOWN:]), "marks": _marks(found), "naming": naming}


def _state(console: Console, call: Call, draft: Draft, files: Mapping[str, str]) -> Response:
    """Return what is found in texts, for the page to show at once."""
    checked = console.checker.check(files, tuple(draft.base.files), draft.layers)
    naming = Naming.of(checked.policy, call.language)
    found = _placed_in(naming, checked, files)
    panel = console.pages.get_template("findings.html").render(
        words=words_of("console", call.language), Severity=Severity, naming=naming, found=found[:MOST_SHOWN], hidden=len(found[MOST_SHOWN:])
    )
    return JSONResponse(
        {
            "panel": panel,
            "marks": _marks(found),
            "undo": draft.can_undo,
            "redo": draft.can_redo,
            "changed": list(draft.changed),
            "lost": draft.is_lost,
            "errors": sum(one.finding.severity is Severity.ERROR for one in found),
        }
    )


def _placed_in(naming: Naming, checked: CheckedTexts, files: Mapping[str, str]) -> list[Placed]:
    """Return what was found at its places, in the reader's language and by the names that people use."""
    return [replace(one, finding=naming.finding(finding_in(one.finding, naming.language))) for one in placed(checked, files)]


def _marks(found: list[Placed]) -> list[dict[str, Any]]:
    """Return where findings stand, for the page to mark."""
    return [
        {
            "file": one.file,
            "path": None if one.table is None else list(one.table),
            "row": one.row,
            "cell": one.cell,
            "severity": str(one.finding.severity),
            "message": one.finding.message,
            "line": one.finding.span.line if one.finding.span else 0,
            "column": one.finding.span.column if one.finding.span else 0,
            "end": one.finding.span.end_column if one.finding.span and one.finding.span.end_line == one.finding.span.line else 0,
        }
        for one in found
        if one.file and one.finding.severity is not Severity.NOTE
    ]


def _changes(console: Console, draft: Draft) -> dict[str, Any]:
    now = console.shelf.texts(draft.entry)
    changed: tuple[Changed, ...] = changes_of(now.all, draft.files)
    rules = [approval_rule(texts[MAIN]) for texts in (now.files, draft.files)]
    waiting = [(one, changes_of(now.all, {**now.all, **one.files})) for one in console.saver.proposals(draft.entry)]
    has_errors = console.of_draft(draft).loaded is None
    return {
        "draft": draft,
        "changed": changed,
        "needs_approval": any(rule.is_needed for rule in rules),
        "waiting": waiting,
        "has_errors": has_errors,
    }


ROUTES: tuple[tuple[str, str, View], ...] = (
    ("GET", "/", shelf_page),
    ("GET", "/policies/{shelf}/{name}", policy_view),
    ("GET", "/policies/{shelf}/{name}/state", shelf_state),
    ("GET", "/policies/{shelf}/{name}/results", results_view),
    ("GET", "/policies/{shelf}/{name}/customer", customer_view),
    ("GET", "/policies/{shelf}/{name}/changes", log_view),
    ("POST", "/policies/{shelf}/{name}/proposals/{proposal}", decide_proposal),
    ("POST", "/policies/{shelf}/{name}/copy", copy_policy),
    ("POST", "/policies/{shelf}/{name}/edit", begin_draft),
    ("GET", "/drafts/{draft}", draft_view),
    ("GET", "/drafts/{draft}/part", draft_part),
    ("GET", "/drafts/{draft}/names", draft_names),
    ("GET", "/drafts/{draft}/changes", draft_changes),
    ("GET", "/drafts/{draft}/impact.json", draft_impact_json),
    ("POST", "/drafts/{draft}/edit", draft_edit),
    ("POST", "/drafts/{draft}/preview", draft_preview),
    ("POST", "/drafts/{draft}/undo", draft_undo),
    ("POST", "/drafts/{draft}/redo", draft_redo),
    ("POST", "/drafts/{draft}/layers", draft_layers),
    ("POST", "/drafts/{draft}/try", draft_try),
    ("POST", "/drafts/{draft}/impact", draft_impact),
    ("POST", "/drafts/{draft}/save", draft_save),
    ("POST", "/drafts/{draft}/rebase", draft_rebase),
    ("POST", "/drafts/{draft}/drop", drop_draft),
)
"""Method, address, and what answers."""
