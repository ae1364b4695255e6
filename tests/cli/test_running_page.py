"""docs/running.md: its code is a program under `perdure run`."""

import os
import subprocess
import sys
from pathlib import Path

import perdure
from tests.test_docs import python_blocks

PAGE = Path(__file__).parents[2] / "docs/running.md"


def test_the_code_runs(tmp_path):
    """All blocks in one script, from top to bottom."""
    script = tmp_path / "program.py"
    lines = [""] * 400
    for line, code in python_blocks(PAGE):
        for i, text in enumerate(code.splitlines()):
            lines[line + i] = text
    script.write_text("\n".join(lines))
    source = str(Path(perdure.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-m", "perdure", "run", str(script)],
        capture_output=True, text=True, timeout=120,
        env={"PYTHONPATH": source, "PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
