"""The command line, apart from `run`."""

import subprocess
import sys

import numpy as np
import pytest

import perdure
from perdure.cli import children, doctor, main, tracebacks


def test_version(capsys):
    """One line."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"perdure {perdure.__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["help"], ["run", "--help"]])
def test_help(arguments, capsys):
    """On stdout, where it can be piped."""
    assert main(arguments) == 0
    assert "perdure run [OPTIONS] SCRIPT [ARGUMENTS]" in capsys.readouterr().out


def test_no_command_shows_the_usage(capsys, monkeypatch):
    """On stderr, with the exit status of a mistake."""
    monkeypatch.setattr(sys, "argv", ["perdure"])
    assert main() == 2
    assert "usage: perdure run" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["train"], "perdure: there is no command 'train'"),
        (["doctor", "--all"], "perdure: doctor does not know '--all'"),
    ],
)
def test_mistakes(arguments, message, capsys):
    """One line that says what is wrong, and one that says where to look."""
    assert main(arguments) == 2
    assert capsys.readouterr().err == f"{message}\nTry `perdure --help`.\n"


def test_doctor(capsys):
    """Versions of what perdure needs; nothing is missing where the tests run."""
    assert main(["doctor"]) == 0
    printed = capsys.readouterr().out
    assert f"numpy          {np.__version__}\n" in printed
    assert "MISSING" not in printed


def test_doctor_reports_what_is_missing(capsys, monkeypatch):
    """The exit status says so, too."""
    monkeypatch.setattr(doctor, "_REQUIRED", ("numpy", "no-such-package"))
    assert main(["doctor"]) == 1
    assert "no-such-package  MISSING" in capsys.readouterr().out


def test_doctor_lists_devices(capsys):
    """Those that a session would use."""
    assert main(["doctor", "--devices"]) == 0
    assert "CPU:0" in capsys.readouterr().out


def test_a_failure_outside_of_a_program_is_shown_whole(capsys):
    """When perdure's command itself fails there is nothing else to show."""
    try:
        children.reach_children(None)
    except TypeError as error:
        frames = error.__traceback__.tb_next
        tracebacks.print_without_perdure(type(error), error, frames)
    assert "children/__init__.py" in capsys.readouterr().err


def test_explain_says_how_steps_were_run(tmp_path):
    """Also of sessions that the script left open; a step once, whatever structure it was fetched in."""
    script = tmp_path / "script.py"
    script.write_text(
        "import tensorflow as tf\n"
        "session = tf.Session()\n"
        "total = tf.constant(1.0) + 2.0\n"
        "print(session.run(total))\n"
        "assert session.run([total]) == [3.0]\n"
        "x = tf.placeholder(tf.float32, name='x')\n"
        "session.partial_run_setup([total], [x])\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "perdure", "explain", str(script)], capture_output=True, text=True
    )
    assert done.stdout == "3.0\n"
    assert f"step 1 of the session made at {script}:2: add\n" in done.stderr
    assert f"step 2 of the session made at {script}:2: add, fed x, in parts\n" in done.stderr
    assert "step 3" not in done.stderr
    assert "cluster of 1 operations: AddV2" in done.stderr


def test_doctor_shows_and_clears_the_cache(tmp_path, monkeypatch, capsys):
    """How many programs are kept, and where."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "perdure" / "programs"
    folder.mkdir(parents=True)
    (folder / ("abc1" * 16)).write_bytes(bytes(2_000_000))
    assert main(["doctor", "--cache"]) == 0
    assert "1 compiled programs, 2.0 MB" in capsys.readouterr().out
    assert main(["doctor", "--clear-cache"]) == 0
    assert not (folder / ("abc1" * 16)).exists()


def test_tier_is_checked(capsys):
    """An unknown tier is a mistake in the command line."""
    assert main(["run", "--tier", "fast", "script.py"]) == 2
    assert "tier must be one of" in capsys.readouterr().err
