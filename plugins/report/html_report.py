"""A report as one HTML file: no script, nothing fetched; charts as SVG where the extra ``report`` is installed, else bars drawn by style sheets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tierwise.plugins.report.html_frame import escaped, html_frame, html_table
from tierwise.plugins.report.run_report import Bar, OutputReport, RunReport
from tierwise.plugins.sentences.phrases import words_of

__all__ = ["html_report"]

MOST_CHARTS = 8
"""The bars of further outputs are drawn by style sheets: a chart is about 10 KB."""
DETERMINED, OPEN = "#1f5f9e", "#767676"


def html_report(report: RunReport) -> str:
    """Return the page."""
    words = words_of("report", report.language)
    return html_frame(report.title, "".join(_body(report, words)), report.language)


def _body(report: RunReport, words: dict[str, str] | Any) -> Iterator[str]:
    yield f"<h1>{escaped(report.title)}</h1>\n"
    for number, output in enumerate(report.outputs):
        chart = _chart(output, number) if number < MOST_CHARTS else ""
        yield f'<section data-output="{escaped(output.name)}"><h2>{escaped(output.label)}</h2>\n{chart}{_bars(output, report, words, bool(chart))}</section>\n'
    yield from _splits(report, words)
    rows = [
        (output.label, bar.text, bar.count, ", ".join(f"{name} ({count})" for name, count in output.settled_by.get(bar.value, ())))
        for output in report.outputs
        for bar in output.bars
        if bar.is_open and bar.count
    ]
    if rows:
        yield f"<h2>{words['undetermined']}</h2>\n"
        cells = (f'<td>{escaped(a)}</td><td>{escaped(b)}</td><td class="n">{c}</td><td>{escaped(d)}</td>' for a, b, c, d in rows)
        yield html_table((words["output"], words["reason"], words["count"], words["settle"]), cells, 2)
    if report.unknown:
        yield f"<h2>{words['unknown']}</h2>\n"
        yield html_table((words["output"], words["reason"]), (f"<td>{escaped(a)}</td><td>{escaped(b)}</td>" for a, b in report.unknown))
    if report.near:
        yield f"<h2>{words['near']}</h2>\n<p>{words['near about']}</p>\n"
        head = tuple(words[name] for name in ("meaning", "border", "below", "on it", "above"))
        yield html_table(head, (_cells(one.label, one.number, one.below, one.at, one.above) for one in report.near), 2, 3, 4)
    yield f"<h2>{words['receipt']}</h2>\n"
    yield html_table((), (f'<th scope="row">{escaped(a)}</th><td><code>{escaped(b)}</code></td>' for a, b in report.receipt))


def _splits(report: RunReport, words: Any) -> Iterator[str]:
    by = ""
    for split in report.splits:
        if split.by != by:
            by = split.by
            yield f"<h2>{escaped(words['by'].format(by=by))}</h2>\n"
        head = (split.by, *split.bars, words["all"])
        rows = (_cells(group, *counts, sum(counts)) for group, counts in split.groups)
        yield f"<h3>{escaped(split.output)}</h3>\n{html_table(head, rows, *range(1, len(head)))}"


def _cells(*cells: str | int) -> str:
    return "".join(f'<td class="n">{cell}</td>' if isinstance(cell, int) else f"<td>{escaped(cell)}</td>" for cell in cells)


def _bars(output: OutputReport, report: RunReport, words: Any, has_chart: bool) -> str:
    most = max((bar.count for bar in output.bars), default=0) or 1
    head = (words["value"], words["count"], words["share"], *(() if has_chart else ("",)))
    rows = (_bar_row(bar, report.count, most, has_chart) for bar in output.bars)
    return html_table(head, rows, 1, 2)


def _bar_row(bar: Bar, total: int, most: int, has_chart: bool) -> str:
    drawn = "" if has_chart else f'<td class="b"><div{" class=o" if bar.is_open else ""} style="width:{bar.count / most:.1%}"></div></td>'
    sign = "? " if bar.is_open else ""
    return f'<td>{sign}{escaped(bar.text)}</td><td class="n">{bar.count}</td><td class="n">{_share(bar.count, total)}</td>{drawn}'


def _share(count: int, total: int) -> str:
    return f"{count / total:.1%}" if total else "–"


def _chart(output: OutputReport, number: int) -> str:
    """Return a bar chart as SVG whose text can be selected; empty without the extra."""
    try:
        import vl_convert
    except ImportError:
        return ""
    rows = [
        {"n": f"{'? ' if bar.is_open else ''}{bar.text}", "c": bar.count, "o": bar.is_open, "i": at} for at, bar in enumerate(output.bars)
    ]
    y = {
        "field": "n",
        "type": "nominal",
        "sort": {"field": "i"},
        "title": None,
        "axis": {"labelLimit": 260, "ticks": False, "domain": False},
    }
    x = {"field": "c", "type": "quantitative", "title": None, "axis": {"grid": True, "tickCount": 5, "format": "d"}}
    colour = {"condition": {"test": "datum.o", "value": OPEN}, "value": DETERMINED}
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": 520,
        "padding": {"left": 60, "right": 24, "top": 4, "bottom": 4},  # a reader's letters may be wider than the converter's
        "height": {"step": 24},
        "data": {"values": rows},
        "encoding": {"y": y, "x": x},
        "layer": [
            {"mark": {"type": "bar", "cornerRadiusEnd": 2}, "encoding": {"color": colour}},
            {"mark": {"type": "text", "align": "left", "dx": 4}, "encoding": {"text": {"field": "c", "format": "d"}}},
        ],
        "config": {"font": "sans-serif", "view": {"stroke": None}},
    }
    svg: str = vl_convert.vegalite_to_svg(json.dumps(spec, ensure_ascii=False), show_warnings=False)
    # The converter counts the parts that its charts name over all that it ever drew.
    ids = {old: f"c{number}-{new}" for new, old in enumerate(dict.fromkeys(re.findall(r'id="(clip\d+)"', svg)))}
    svg = re.sub(r'(id="|url\(#)(clip\d+)', lambda found: found[1] + ids.get(found[2], found[2]), svg)
    named = f'<svg role="img" aria-label="{escaped(output.label)}" '
    return re.sub(r"^.*?<svg ", lambda _: named, svg, count=1, flags=re.DOTALL) + "\n"
