"""tf.logging against what TensorFlow 1.15.5 printed (tests/golden/logging.txt)."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

import perdure
from perdure import tf
from perdure.platform import logging as tf_logging

TESTS = Path(__file__).parents[1]
SOURCE = str(Path(perdure.__file__).parents[1])


@pytest.fixture
def lines():
    """The records of the logger named tensorflow, at every level."""
    records = []
    handler = logging.Handler()
    handler.emit = records.append
    logger = tf.get_logger()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield records
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_lines_are_those_of_tensorflow():
    """The same lines in the same order, with the program's own line numbers."""
    program = TESTS / "platform/logging_program.py"
    result = subprocess.run(
        [sys.executable, "-m", "perdure", "run", str(program)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={"PYTHONPATH": SOURCE, "PYTHONUNBUFFERED": "1"},
    )
    assert result.stdout == (TESTS / "golden/logging.txt").read_text()


def test_log_first_n_counts_by_line(lines):
    """Two lines of a program count apart."""
    for number in range(4):
        tf.logging.log_first_n(tf.logging.INFO, "a %d", 2, number)
        tf.logging.log_first_n(tf.logging.INFO, "b %d", 1, number)
    assert [line.getMessage() for line in lines] == ["a 0", "b 0", "a 1"]
    assert {line.pathname for line in lines} == {__file__}


def test_log_every_n(lines):
    """The first of every n."""
    for number in range(7):
        tf.logging.log_every_n(tf.logging.INFO, "%d", 3, number)
    assert [line.getMessage() for line in lines] == ["0", "3", "6"]


def test_the_logger_has_one_handler_of_its_own():
    """get_logger() is cheap and idempotent."""
    assert tf.get_logger() is tf.get_logger() is logging.getLogger("tensorflow")


def test_an_interactive_interpreter_shows_info_on_stdout(monkeypatch, capsys):
    """As in a notebook."""
    logger = logging.getLogger("tensorflow")
    monkeypatch.setattr(tf_logging, "_logger", None)
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    level = logger.level
    try:
        tf.logging.info("here")
    finally:
        logger.setLevel(level)
    assert capsys.readouterr().out == "INFO:tensorflow:here\n"


def test_a_configured_root_logger_is_left_to_print(monkeypatch):
    """No line appears twice."""
    logger = logging.getLogger("tensorflow")
    monkeypatch.setattr(tf_logging, "_logger", None)
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr(logging.getLogger(), "handlers", [logging.NullHandler()])
    assert tf.get_logger().handlers == []


def test_flush_is_refused():
    """As in TensorFlow."""
    with pytest.raises(NotImplementedError, match="tf.logging.flush: log lines are written at on"):
        tf.logging.flush()
