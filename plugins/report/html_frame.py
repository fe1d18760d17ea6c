"""What every page for people stands in: one file without a script or a request, that prints on A4 without cutting a row and reads in either language."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

__all__ = ["escaped", "html_frame", "html_table"]

STYLE = """
body{font:15px/1.5 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.2rem;margin:2rem 0 .4rem;padding-top:.6rem;border-top:2px solid #1f5f9e}h3{font-size:1rem;margin:1.2rem 0 .2rem}
p{margin:.3rem 0}table{border-collapse:collapse;width:100%;margin:.4rem 0 1rem}
th,td{border-bottom:1px solid #d0d0d0;padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#f2f2f2;overflow-wrap:break-word}.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}
.b{width:40%}.b div{height:.8rem;background:#1f5f9e;print-color-adjust:exact;-webkit-print-color-adjust:exact}
.b .o{background:repeating-linear-gradient(45deg,#767676 0 4px,#c8c8c8 4px 8px)}
.steps{display:flex;flex-wrap:wrap;gap:.3rem;list-style:none;margin:.4rem 0;padding:0}.steps li{border:1px solid #1f5f9e;border-radius:.3rem;padding:.1rem .6rem}
.steps li:first-child{background:#1f5f9e;color:#fff;print-color-adjust:exact;-webkit-print-color-adjust:exact}
svg{max-width:100%;height:auto}code{word-break:break-all}
@page{size:A4;margin:16mm}
@media screen{th.n{min-width:3em}}
@media print{body{margin:0;padding:0;max-width:none;font-size:10.5pt}thead{display:table-header-group}tr,section>svg,.steps{break-inside:avoid}h1,h2,h3{break-after:avoid}}
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def html_frame(title: str, body: str, language: str) -> str:
    """Return a page with this body, which is HTML already."""
    return (
        f'<!doctype html>\n<html lang="{"zh" if language == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width"><title>{escaped(title)}</title><style>{STYLE}</style></head>\n'
        f"<body><main>\n{body}</main></body></html>\n"
    )


def html_table(head: Sequence[str], rows: Iterable[str], *numbers: int) -> str:
    """Return a table of rows that are HTML already; the columns in ``numbers`` hold numbers."""
    of = dict.fromkeys(numbers, ' class="n"')
    # What has no heading is no column of data: a bar beside its number.
    cells = (f'<th scope="col"{of.get(at, "")}>{escaped(name)}</th>' if name else "<td></td>" for at, name in enumerate(head))
    thead = f"<thead><tr>{''.join(cells)}</tr></thead>" if head else ""
    return f"<table>{thead}<tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>\n"


def escaped(text: str) -> str:
    """Return a text as HTML shows it."""
    return html.escape(text)
