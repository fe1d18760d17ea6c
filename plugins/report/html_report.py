"""A report as one HTML file: no script, nothing fetched; charts as SVG where the extra ``report`` is installed, else bars drawn by style sheets."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from tierwise.plugins.report.run_report import Bar, OutputReport, RunReport
from tierwise.plugins.sentences.phrases import words_of

__all__ = ["html_report"]

MOST_CHARTS = 12
"""The bars of further outputs are drawn by style sheets: a chart is about 10 KB."""
DETERMINED, OPEN = "#1f5f9e", "#767676"
STYLE = """
body{font:15px/1.5 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin:1.6rem 0 .4rem}
table{border-collapse:collapse;width:100%;margin:.4rem 0 1rem}th,td{border-bottom:1px solid #d0d0d0;padding:.25rem .5rem;text-align:left;vertical-align:top}
th{background:#f2f2f2}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.b{width:40%}.b div{height:.8rem;background:#1f5f9e;print-color-adjust:exact;-webkit-print-color-adjust:exact}.b .o{background:repeating-linear-gradient(45deg,#767676 0 4px,#c8c8c8 4px 8px)}
svg{max-width:100%;height:auto}code{word-break:break-all}
@page{size:A4;margin:16mm}@media print{body{margin:0;max-width:none;font-size:11pt}thead{display:table-header-group}tr,section>svg{break-inside:avoid}h2{break-after:avoid}}
"""


def html_report(report: RunReport) -> str:
    """Return the page."""
    words = words_of("report", report.language)
    body = "".join(_body(report, words))
    language = "zh" if report.language == "zh" else "en"
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><title>{_text(report.title)}</title><style>{STYLE}</style></head>\n'
        f"<body><main>\n{body}</main></body></html>\n"
    )


def _body(report: RunReport, words: dict[str, str] | Any) -> Iterator[str]:
    yield f"<h1>{_text(report.title)}</h1>\n"
    for number, output in enumerate(report.outputs):
        chart = _chart(output, number) if number < MOST_CHARTS else ""
        yield f'<section data-output="{_text(output.name)}"><h2>{_text(output.label)}</h2>\n{chart}{_bars(output, report, words, bool(chart))}</section>\n'
    rows = [
        (output.label, bar.text, bar.count, ", ".join(f"{name} ({count})" for name, count in output.settled_by.get(bar.value, ())))
        for output in report.outputs
        for bar in output.bars
        if bar.is_open and bar.count
    ]
    if rows:
        yield f"<h2>{words['undetermined']}</h2>\n"
        cells = (f'<td>{_text(a)}</td><td>{_text(b)}</td><td class="n">{c}</td><td>{_text(d)}</td>' for a, b, c, d in rows)
        yield _table((words["output"], words["reason"], words["count"], words["settle"]), cells, 2)
    if report.unknown:
        yield f"<h2>{words['unknown']}</h2>\n"
        yield _table((words["output"], words["reason"]), (f"<td>{_text(a)}</td><td>{_text(b)}</td>" for a, b in report.unknown))
    yield f"<h2>{words['receipt']}</h2>\n"
    yield _table((), (f'<th scope="row">{_text(a)}</th><td><code>{_text(b)}</code></td>' for a, b in report.receipt))


def _bars(output: OutputReport, report: RunReport, words: Any, has_chart: bool) -> str:
    most = max((bar.count for bar in output.bars), default=0) or 1
    head = (words["value"], words["count"], words["share"], *(() if has_chart else ("",)))
    rows = (_bar_row(bar, report.count, most, has_chart) for bar in output.bars)
    return _table(head, rows, 1, 2)


def _bar_row(bar: Bar, total: int, most: int, has_chart: bool) -> str:
    drawn = "" if has_chart else f'<td class="b"><div{" class=o" if bar.is_open else ""} style="width:{bar.count / most:.1%}"></div></td>'
    sign = "? " if bar.is_open else ""
    return f'<td>{sign}{_text(bar.text)}</td><td class="n">{bar.count}</td><td class="n">{_share(bar.count, total)}</td>{drawn}'


def _share(count: int, total: int) -> str:
    return f"{count / total:.1%}" if total else "–"


def _table(head: tuple[str, ...], rows: Iterator[str], *numbers: int) -> str:
    of = dict.fromkeys(numbers, ' class="n"')
    top = "".join(f'<th scope="col"{of.get(at, "")}>{_text(name)}</th>' for at, name in enumerate(head))
    thead = f"<thead><tr>{top}</tr></thead>" if head else ""
    return f"<table>{thead}<tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>\n"


def _text(text: str) -> str:
    return html.escape(text)


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
    named = f'<svg role="img" aria-label="{_text(output.label)}" '
    return re.sub(r"^.*?<svg ", lambda _: named, svg, count=1, flags=re.DOTALL) + "\n"
