"""``plugins`` lists the built-in plugins with their hooks; a disabled one is marked."""

from __future__ import annotations

import json

from tests.command_line import tierwise


def test_the_built_in_plugins_are_listed() -> None:
    rows = json.loads(tierwise("plugins", "--format", "json").out)

    assert {"functions", "forms", "kinds", "policies", "sqlite", "duckdb", "engines"} <= {row["plugin"] for row in rows}
    assert tierwise("plugins").out.splitlines()[0].split() == ["plugin", "version", "hooks", "from", "state"]


def test_a_disabled_plugin_is_marked() -> None:
    rows = json.loads(tierwise("--disable-plugin", "excel", "plugins", "--format", "json").out)

    assert {row["plugin"]: row["state"] for row in rows if row["plugin"] in ("csv", "excel")} == {"csv": "loaded", "excel": "disabled"}
