"""Bad input of every sort gives a message in words and the right exit code: no traceback, and nothing lost."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.command_line import CUSTOMERS, POLICY, Done, tierwise, tierwise_process

Prepare = Callable[[Path], object]


def text(name: str, content: str) -> Prepare:
    """Write a text file."""
    return lambda folder: (folder / name).write_text(content, encoding="utf-8")


def content(name: str, written: bytes) -> Prepare:
    """Write bytes to a file."""
    return lambda folder: (folder / name).write_bytes(written)


def policy(old: str, new: str) -> Prepare:
    """Write the small policy with one thing changed, as ``bad.yaml``."""
    assert old in POLICY
    return text("bad.yaml", POLICY.replace(old, new))


def sqlite_file(folder: Path) -> None:
    """Write a SQLite database of 3,000 customers."""
    with closing(sqlite3.connect(folder / "crm.db")) as database, database:
        database.execute("CREATE TABLE customers (customer_id TEXT PRIMARY KEY, name TEXT, amount REAL, judged_good INT)")
        database.executemany(
            "INSERT INTO customers VALUES (?, ?, ?, ?)", [(f"{n:05}", f"客户{n}" * 10, n * 1000, n % 2) for n in range(3_000)]
        )


def corrupt_file(folder: Path) -> None:
    """Overwrite pages in the middle of a SQLite database."""
    sqlite_file(folder)
    path = folder / "crm.db"
    pages = bytearray(path.read_bytes())
    pages[3 * 4096 : 20 * 4096] = b"\xff" * (17 * 4096)
    path.write_bytes(pages)


def cut_file(folder: Path) -> None:
    """Cut a SQLite database in its last page."""
    sqlite_file(folder)
    path = folder / "crm.db"
    path.write_bytes(path.read_bytes()[:-4000])


def view_of_nothing(folder: Path) -> None:
    """Write a database with a view whose table has gone."""
    sqlite_file(folder)
    with closing(sqlite3.connect(folder / "crm.db")) as database, database:
        database.execute("CREATE VIEW orders AS SELECT * FROM gone")


def big_policy(folder: Path) -> None:
    """Write a policy of 50 MB."""
    (folder / "big.yaml").write_text(POLICY + "#" * 50_000_000, encoding="utf-8")


BOMB = "tierwise: 1\npolicy: bomb\na: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)

ORDERS = """\
binding: 1
policy: small
subject: {table: customers, key: customer_id, name: name}
facts:
  amount: {table: orders, aggregate: sum, column: amount}
"""


@dataclass(frozen=True)
class Bad:
    """A command that cannot do what it is asked, and what it has to say."""

    name: str
    command: str
    code: int
    words: tuple[str, ...]
    prepare: tuple[Prepare, ...] = field(default=())
    stdin: str = ""


GRADE = "grade {} --policy small.yaml"

# These also run as processes of their own: what the interpreter itself could print, and what memory they take.
AS_PROCESSES = (
    "missing database",
    "a corrupt database",
    "policy of 50 MB",
    "alias bomb",
    "unknown policy",
    "unknown option",
    "facts that nest deeply",
)

CASES = (
    Bad("missing database", GRADE.format("customer.csv"), 4, ("there is no file `customer.csv`", "did you mean `customers.csv`")),
    Bad("missing database elsewhere", GRADE.format("nowhere/crm.db"), 4, ("there is no file `nowhere/crm.db`",)),
    Bad("not a database", GRADE.format("crm.db"), 4, ("`crm.db`",), (content("crm.db", bytes(range(256)) * 40),)),
    Bad("a picture", GRADE.format("crm.db"), 4, ("`crm.db`",), (content("crm.db", b"\x89PNG\r\n\x1a\n" + b"\0" * 100),)),
    Bad("a folder as a database", GRADE.format("data"), 4, ("`data` is a folder",), (lambda folder: (folder / "data").mkdir(),)),
    Bad("an empty database", GRADE.format("crm.db"), 4, ("`crm.db` is empty",), (content("crm.db", b""),)),
    Bad("a corrupt database", GRADE.format("crm.db"), 4, ("`crm.db`", "damaged"), (corrupt_file,)),
    Bad("a database cut off", GRADE.format("crm.db"), 4, ("`crm.db`", "cut off", "restore it from a copy"), (cut_file,)),
    Bad("a Parquet file cut off", GRADE.format("orders.parquet"), 4, ("`orders.parquet`", "restore it from a copy"),
        (content("orders.parquet", b"PAR1" + b"\0" * 100),)),
    Bad("a view of nothing that is asked for", GRADE.format("crm.db") + " --binding b.yaml", 4, ("b.yaml:5:", "orders", "a view of what is not there"),
        (view_of_nothing, text("b.yaml", ORDERS))),
    Bad("unknown binding file", GRADE.format("customers.csv") + " --binding b.yaml", 3, ("`b.yaml`",)),
    Bad("binding of an unknown fact", GRADE.format("customers.csv") + " --binding b.yaml", 3, ("b.yaml:4:", "did you mean `amount`"),
        (text("b.yaml", "binding: 1\npolicy: small\nfacts:\n  amont: {column: amount}\n"),)),
    Bad("binding to an unknown column", GRADE.format("customers.csv") + " --binding b.yaml", 3, ("b.yaml:4:", "amounts"),
        (text("b.yaml", "binding: 1\npolicy: small\nfacts:\n  amount: {column: amounts}\n"),)),
    Bad("missing customer", "explain customers.csv 999 --policy small.yaml", 4, ("no customer `999`", "`001`")),
    Bad("missing policy file", "check ./nothing.yaml", 3, ("`./nothing.yaml`",)),
    Bad("folder without policy", "check ./data", 3, ("no `policy.yaml`",), (lambda folder: (folder / "data").mkdir(),)),
    Bad("unknown policy", "check big-customer-tier", 3, ("no policy `big-customer-tier`", "did you mean `big-customer-tiers`")),
    Bad("YAML error", "check bad.yaml", 3, ("bad.yaml:5:",), (policy("subject: customer", "subject: [customer"),)),
    Bad("duplicate key", "check bad.yaml", 3, ("bad.yaml:6:1", "subject"), (policy("facts:", "subject: customer\nfacts:"),)),
    Bad("empty policy", "check bad.yaml", 3, ("`bad.yaml` is empty",), (content("bad.yaml", b""),)),
    Bad("policy of 50 MB", "check big.yaml", 3, ("`big.yaml` is larger than",), (big_policy,)),
    Bad("alias bomb", "check bomb.yaml", 3, ("bomb.yaml:3:4", "anchor"), (text("bomb.yaml", BOMB),)),
    Bad("deep nesting", "check deep.yaml", 3, ("deep.yaml",), (text("deep.yaml", "a: " + "[" * 50_000),)),
    Bad("not UTF-8", "check bad.yaml", 3, ("`bad.yaml` is not UTF-8",), (content("bad.yaml", POLICY.encode("gb18030")),)),
    Bad("unknown kind", "check bad.yaml", 1, ("bad.yaml:11:11", "value-tire", "did you mean `value-tier`"),
        (policy("kind: value-tier", "kind: value-tire"),)),
    Bad("text compared with a number", "check bad.yaml", 1, ("bad.yaml:22:", "number"), (policy("big   | >= 50万  ", 'big   | > "x"   '),)),
    Bad("the same when grading", "grade customers.csv --policy bad.yaml", 3, ("bad.yaml:22:", "number"),
        (policy("big   | >= 50万  ", 'big   | > "x"   '),)),
    Bad("unknown name in a table", "check bad.yaml", 1, ("bad.yaml:21:", "amont", "did you mean `amount`"),
        (policy("id    | amount      |", "id    | amont       |"),)),
    Bad("unknown overlay", "check small.yaml --overlay nothing.yaml", 3, ("no overlay file `nothing.yaml`",)),
    Bad("overlay of something unknown", "check small.yaml --overlay o.yaml", 3, ("o.yaml:3:", "credit_days"),
        (text("o.yaml", "overlay: 1\npolicy: small\nparameters: {credit_days: 30}\n"),)),
    Bad("unknown engine", GRADE.format("customers.csv") + " --engine duckbd", 3, ("no engine `duckbd`", "did you mean `duckdb`")),
    Bad("unknown output", "explain customers.csv 001 --policy small.yaml --output teir", 2, ("no output `teir`", "did you mean `tier`")),
    Bad("unknown command", "grad", 2, ("No such command 'grad'",)),
    Bad("unknown option", "grade customers.csv --polcy small.yaml", 2, ("No such option", "--policy")),
    Bad("no policy named", "grade customers.csv", 2, ("--policy",)),
    Bad("bad date", GRADE.format("customers.csv") + " --as-of 2026-02-30", 2, ("`2026-02-30` is no date",)),
    Bad("date in another order", GRADE.format("customers.csv") + " --as-of 30.06.2026", 2, ("`30.06.2026` is no date",)),
    Bad("bad format", GRADE.format("customers.csv") + " --format xlsx", 2, ("xlsx",)),
    Bad("missing date for a window", "grade customers.csv --policy small.yaml --binding b.yaml", 4, ("--as-of",),
        (text("b.yaml", ORDERS.replace("amount}", "amount, window: {column: on, last: 12 months}}")),)),
    Bad("facts that are no JSON", "decide small.yaml --facts -", 4, ("standard input is no JSON",), stdin="{amount: 3}"),
    Bad("facts that are a list", "decide small.yaml --facts -", 4, ("one object of facts",), stdin="[1, 2]"),
    Bad("facts in another encoding", "decide small.yaml --facts latin.json", 4, ("`latin.json` is no JSON: byte 3 is no UTF-8 text",),
        (content("latin.json", b'{"\xe9": 1}'),)),
    Bad("a ledger brought into itself", "history --ledger new.db --bring-in new.db", 4, ("is the ledger itself",)),
    Bad("facts that nest deeply", "decide small.yaml --facts -", 4, ("standard input is no JSON",), stdin="[" * 100_000),
    Bad("a number of 5,000 digits", "decide small.yaml --facts -", 0, ("fact `amount`", "9…`", "more than 38 digits", "counts as missing"), stdin='{"amount": ' + "9" * 5_000 + "}"),
    Bad("missing facts file", "decide small.yaml --facts f.json", 4, ("no file `f.json`",)),
    Bad("folder as facts file", "decide small.yaml --facts .", 4, ("`.` is a directory",)),
    Bad("population that is no list", "decide small.yaml --facts -", 4, ("population",), stdin='{"population": 3}'),
    Bad("ledger in a missing folder", GRADE.format("customers.csv") + " --save --ledger no/l.db", 4, ("no/l.db",)),
    Bad("ledger that is none", GRADE.format("customers.csv") + " --save --ledger small.yaml", 4, ("`small.yaml`",)),
    Bad("missing ledger", "history", 4, ("`tierwise-ledger.db`",)),
    Bad("demo in a file", "demo small.yaml", 2, ("small.yaml",)),
    Bad("demo below a file", "demo small.yaml/x", 4, ("small.yaml/x",)),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_gives_words_and_an_exit_code(small: Path, case: Bad) -> None:
    for prepare in case.prepare:
        prepare(small)
    before = files(small)

    done = tierwise(*case.command.split(), stdin=case.stdin)

    assert_told(case, done)
    assert files(small) == before, "nothing was changed or left behind"


def files(folder: Path) -> dict[Path, bytes]:
    """Return the content of every file."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_told(case: Bad, done: Done) -> None:
    """Demand the exit code, the words, and that nothing else gets to the user."""
    assert done.code == case.code, done.said
    assert [word for word in case.words if word not in done.err] == [], done.said
    assert "Traceback" not in done.said
    assert max(map(len, done.err.splitlines())) < 300, "no line of a file is printed that nobody can read"


PROCESSES = tuple(case for case in CASES if case.name in AS_PROCESSES)


@pytest.mark.parametrize("case", PROCESSES, ids=lambda case: case.name)
def test_the_same_in_a_process_of_its_own(small: Path, case: Bad) -> None:
    for prepare in case.prepare:
        prepare(small)

    assert_told(case, tierwise_process(*case.command.split(), folder=small, stdin=case.stdin))


@pytest.mark.parametrize("form", ["plain", "json"])
def test_every_error_format_says_the_same(small: Path, form: str) -> None:
    policy("kind: value-tier", "kind: value-tire")(small)

    done = tierwise("--error-format", form, "check", "bad.yaml")

    assert done.code == 1
    assert "did you mean `value-tier`" in done.err
    assert done.err.startswith("{" if form == "json" else "bad.yaml:11:11: error[")


DIRTY = CUSTOMERS + "005,NaN,NaN,true\n006,文字,约十万,true\n007,负数,-5,true\n008,不明,100,maybe\n"


def test_bad_values_become_missing_and_every_row_stays(small: Path) -> None:
    text("customers.csv", DIRTY)(small)

    done = tierwise("grade", "customers.csv", "--policy", "small.yaml")
    rows = tierwise("grade", "customers.csv", "--policy", "small.yaml", "--format", "csv")

    assert (done.code, rows.code) == (0, 0), done.err
    assert len(list(csv.reader(io.StringIO(rows.out)))) == 1 + 8
    for words in ("`customers.amount` is no number", "005: NaN", "006: 约十万", "007: -5", "008: maybe"):
        assert words in done.out
    assert "006,文字,,missing_fact (甲 | 丙)" in rows.out
    assert "008,不明,丙," in rows.out


def test_duplicate_ids_are_told_apart_and_counted(small: Path) -> None:
    text("customers.csv", CUSTOMERS + "002,李雷二世,600000,true\n,无号,1,true\n")(small)

    done = tierwise("grade", "customers.csv", "--policy", "small.yaml", "--format", "csv")
    page = tierwise("grade", "customers.csv", "--policy", "small.yaml")

    assert sorted(line.partition(",")[0] for line in done.out.splitlines()[1:]) == ["(no id)", "001", "002", "002 #2", "003", "004"]
    assert "[duplicate-subject]" in page.out


def test_a_customer_without_orders_has_bought_for_nothing(small: Path) -> None:
    with closing(sqlite3.connect(small / "crm.db")) as database, database:
        database.executescript(
            "CREATE TABLE customers (customer_id TEXT PRIMARY KEY, name TEXT, judged_good INT);"
            "CREATE TABLE orders (customer_id TEXT, amount REAL);"
            "INSERT INTO customers VALUES ('001', '有单', 1), ('002', '无单', 1);"
            "INSERT INTO orders VALUES ('001', 300000), ('001', 200000);"
        )
    text("b.yaml", ORDERS)(small)

    done = tierwise("grade", "crm.db", "--policy", "small.yaml", "--binding", "b.yaml", "--format", "csv")

    assert done.out.splitlines()[1:] == ["001,有单,甲,", "002,无单,丙,"], done.err


def test_a_database_without_a_name_is_not_the_current_folder(small: Path) -> None:
    done = tierwise("grade", "", "--policy", "small.yaml")

    assert (done.code, "the name of the database is empty" in done.err) == (4, True)


def test_a_locked_database_says_so(small: Path) -> None:
    sqlite_file(small)
    with closing(sqlite3.connect(small / "crm.db", isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")

        done = tierwise("grade", "crm.db", "--policy", "small.yaml")

    assert done.code == 4
    assert "`crm.db` is locked" in done.err
    assert "Traceback" not in done.said


def test_a_view_of_nothing_does_not_matter_to_other_tables(small: Path) -> None:
    view_of_nothing(small)

    done = tierwise("grade", "crm.db", "--policy", "small.yaml", "--format", "csv")

    assert (done.code, len(done.out.splitlines())) == (0, 3_001), done.err


def test_facts_that_the_policy_does_not_know_are_named(small: Path) -> None:
    done = tierwise("decide", "small.yaml", "--facts", "-", stdin='{"amont": 5, "amount": "x", "judged_good": true}')

    assert done.code == 0
    assert "amont" in done.err
    assert "did you mean `amount`" in done.err
    assert "Traceback" not in done.said
