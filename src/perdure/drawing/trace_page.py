"""A recorded program as one page of HTML that needs nothing else: `perdure run --trace out.html`."""

from __future__ import annotations

import html
import json
from importlib.resources import files
from typing import Any


def trace_page(data: dict[str, Any], title: str, facts: dict[str, str]) -> str:
    """The page.

    Args:
        data: what `Recording.data` returns.
        title: what was run.
        facts: versions and the like, shown at its end.
    """
    here = files("perdure.drawing")
    style, script, page = ((here / f"trace_page.{kind}").read_text("utf-8") for kind in ("css", "js", "html"))
    parts = {
        "TITLE": html.escape(title),
        "STYLE": style,
        "SCRIPT": script,
        "DATA": _inside_script({**data, "title": title, "facts": facts}),
    }
    for name, part in parts.items():
        before, _, after = page.partition(f"<!--{name}-->")
        page = before + part + after
    return page


def _inside_script(data: Any) -> str:
    """JSON in which nothing ends the element it stands in."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
