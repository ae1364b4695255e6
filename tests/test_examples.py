"""The examples print under perdure what they print under TensorFlow 1.15.5."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.transcripts import SESSIONS, TRAINING, parse, words_and_numbers

ROOT = Path(__file__).parent.parent


def transcript(name: str) -> dict[str, list[str]]:
    """What TensorFlow 1.15.5 printed for an example."""
    return json.loads((ROOT / "tests" / "golden" / "transcripts" / f"{name}.json").read_text())


def run(name: str) -> dict[str, list[str]]:
    """What the example prints under `perdure run`; fails with its traceback if it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "perdure", "run", f"examples/{name}.py"],
        cwd=ROOT, capture_output=True, text=True, timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert done.returncode == 0, done.stderr
    return parse(done.stdout)


@pytest.mark.parametrize("name", SESSIONS)
def test_session_program(name):
    """A session program prints the same text and places its operations the same way."""
    assert run(name) == transcript(name)


@pytest.mark.parametrize("name", TRAINING)
def test_training_program(name):
    """A training program prints the same words, and the same numbers to four digits."""
    words, numbers = words_and_numbers(run(name)["lines"])
    expected_words, expected_numbers = words_and_numbers(transcript(name)["lines"])
    assert words == expected_words
    # The second term is the rounding of the printed digits.
    np.testing.assert_allclose(numbers, expected_numbers, rtol=1e-4, atol=1.1e-4)
