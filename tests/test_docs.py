"""The code in the documentation works."""

import ast
import re
import runpy
from pathlib import Path

import pytest

from perdure.graph.graph import Graph

ROOT = Path(__file__).parent.parent


def python_blocks(path: Path) -> list[tuple[int, str]]:
    """The Python blocks of a page with the lines they start at."""
    text = path.read_text()
    found = re.finditer(r"^```python\n(.*?)^```", text, re.M | re.S)
    return [(text[: match.start(1)].count("\n"), match.group(1)) for match in found]


PAGES = ["README.md", "README.zh.md"] + [
    f"docs/{name}.md" for name in ("tour", "session", "session.zh", "extending", "export")
]


@pytest.mark.parametrize("page", PAGES)
def test_code_blocks_run(page, capsys):
    """All blocks of a page run in one namespace, from top to bottom."""
    path = ROOT / page
    namespace = {"__name__": "page"}
    blocks = python_blocks(path)
    assert blocks, "a page without code is none of PAGES"
    with Graph().as_default():
        for line, code in blocks:
            exec(compile("\n" * line + code, str(path), "exec"), namespace)


@pytest.mark.parametrize("page", ["README", "docs/session"])
def test_the_chinese_page_has_the_code_and_tables_of_the_english_one(page):
    """It runs the same code, and speaks of the same fields and objects."""
    pages = ROOT / f"{page}.md", ROOT / f"{page}.zh.md"
    english, chinese = ([ast.dump(ast.parse(code)) for _, code in python_blocks(page)] for page in pages)
    assert english == chinese
    english, chinese = (re.findall(r"^\| (`\w+`) \|", page.read_text(), re.M) for page in pages)
    assert english == chinese


def test_table_of_the_client_api_is_up_to_date():
    """docs/client-api.md is what tools/client_api.py writes."""
    tool = runpy.run_path(str(ROOT / "tools" / "client_api.py"))
    assert tool["PAGE"].read_text() == tool["page"](), "run python tools/client_api.py"


def test_readme_example_learns(capsys):
    """The example of the README finds slope and intercept."""
    ((line, code),) = python_blocks(ROOT / "README.md")
    with Graph().as_default():
        exec(compile("\n" * line + code, "README.md", "exec"), {})
    numbers = [float(n) for n in re.findall(r"\d+\.\d+", capsys.readouterr().out)]
    assert numbers == pytest.approx([3.0, 2.0], abs=1e-3)
