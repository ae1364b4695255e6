"""The examples print under perdure what they print under TensorFlow 1.15.5."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.transcripts import SESSIONS, TRAINING, comparable, words_and_numbers

ROOT = Path(__file__).parent.parent
REMEDY = "if the example has changed, run tests/oracle/make_transcripts.py"


def transcript(name: str) -> list[str]:
    """The lines TensorFlow 1.15.5 printed for an example."""
    path = ROOT / "tests" / "golden" / "transcripts" / f"{name}.txt"
    return path.read_text(encoding="utf-8").splitlines()


def run(name: str) -> list[str]:
    """The lines the example prints under `perdure run`; fails with its traceback if it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "perdure", "run", f"examples/{name}.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return comparable(done.stdout)


@pytest.mark.parametrize("name", SESSIONS)
def test_session_program(name):
    """A session program prints the same, lines about placement included."""
    assert run(name) == transcript(name), REMEDY


@pytest.mark.parametrize("name", TRAINING)
def test_training_program(name):
    """A training program prints the same words, and the same numbers to four digits."""
    words, numbers = words_and_numbers(run(name))
    expected_words, expected_numbers = words_and_numbers(transcript(name))
    assert words == expected_words, REMEDY
    # The second term is the rounding of the printed digits.
    np.testing.assert_allclose(numbers, expected_numbers, rtol=1e-4, atol=1.1e-4)
