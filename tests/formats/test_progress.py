"""Bars of large files: only where somebody waits and looks."""

import io

import numpy as np
import pytest

from perdure.filesystem.files import Files
from perdure.formats import progress
from perdure.formats.bundle.writer import write_bundle
from perdure.formats.slices.saved import Saved
from perdure.formats.tensor_slices.writer import write_slices
from perdure.graph.dtypes import as_dtype


class Terminal(io.StringIO):
    """Standard error, which may be a terminal."""

    def __init__(self, is_terminal):
        super().__init__()
        self.isatty = lambda: is_terminal


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """No width or colours of the terminal that the tests run in."""
    for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize("write", [write_bundle, write_slices])
@pytest.mark.parametrize(("is_terminal", "patience"), [(True, -1.0), (True, 1000.0), (False, -1.0)])
def test_who_waits_in_a_terminal_sees_it(tmp_path, monkeypatch, write, is_terminal, patience):
    terminal = Terminal(is_terminal)
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(progress, "_PATIENCE", patience)
    array = np.zeros(3_000_000)
    write(Files(), str(tmp_path / "c"), [Saved(b"a", as_dtype("float64"), array, array.shape)])
    shown = terminal.getvalue()
    assert ("Saving" in shown and "24.0" in shown) == (is_terminal and patience < 0)
    if patience > 0 or not is_terminal:
        assert shown == ""


def test_it_ends_with_an_error(monkeypatch):
    monkeypatch.setattr("sys.stderr", Terminal(True))
    monkeypatch.setattr(progress, "_PATIENCE", -1.0)
    with pytest.raises(OSError, match="full"), progress.Progress("Saving", 10) as bar:
        bar(20)
        raise OSError("full")
    assert not bar._bar.live.is_started
