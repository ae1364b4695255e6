"""Images by `scipy.misc`: the numbers and errors of SciPy 1.1 with Pillow 6.2."""

import subprocess
import sys

import numpy as np
import pytest

from perdure.cli.then import scipy_misc

GREY = np.arange(24.0).reshape(4, 6)
COLOURS = (np.arange(48) * 5 % 256).astype(np.uint8).reshape(4, 4, 3)


def test_bytescale():
    """Between the smallest and the largest, or what is given for them; bytes stay."""
    assert scipy_misc.bytescale([[0.0, 1.0], [2.0, 4.0]]).tolist() == [[0, 64], [128, 255]]
    assert scipy_misc.bytescale([-1.0, 0.5, 3.0], 0, 2, 200, 10).tolist() == [10, 58, 200]
    assert scipy_misc.bytescale(np.ones(2)).tolist() == [0, 0]
    assert scipy_misc.bytescale(COLOURS) is COLOURS


@pytest.mark.parametrize(
    "options, message",
    [
        ({"high": 300}, "`high` should be less than or equal to 255."),
        ({"low": -1}, "`low` should be greater than or equal to 0."),
        ({"low": 9, "high": 3}, "`high` should be greater than or equal to `low`."),
        ({"cmin": 3.0, "cmax": 1.0}, "`cmax` should be larger than `cmin`."),
    ],
)
def test_ranges_that_make_no_sense(options, message):
    """In SciPy's words."""
    with pytest.raises(ValueError, match=message):
        scipy_misc.bytescale(GREY, **options)


@pytest.mark.parametrize(
    "array, message",
    [
        (np.ones(3), "'arr' does not have a suitable array shape for any mode."),
        (np.ones((2, 2, 2)), "'arr' does not have a suitable array shape for any mode."),
        (np.ones((2, 2)) * 1j, "Cannot convert a complex-valued array."),
    ],
)
def test_arrays_that_are_no_images(array, message):
    """In SciPy's words."""
    with pytest.raises(ValueError, match=message):
        scipy_misc.toimage(array)


def test_mathematics():
    """What has moved to scipy.special."""
    assert scipy_misc.comb(5, 2) == 10 and scipy_misc.factorial(4) == 24
    assert scipy_misc.logsumexp([1.0, 2.0]) == pytest.approx(2.3132616875182228)


def test_without_pillow(monkeypatch):
    """The error says what to install."""
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match=r"need Pillow: pip install 'perdure\[image\]'"):
        scipy_misc.imread("nothing.png")


def test_sizes():
    """Percent, a factor, or height and width."""
    pytest.importorskip("PIL")
    assert scipy_misc.imresize(GREY, (2, 3)).tolist() == [[56, 76, 95], [160, 180, 199]]
    assert scipy_misc.imresize(GREY, 50, "nearest").tolist() == [[78, 100, 122], [211, 233, 255]]
    assert scipy_misc.imresize(COLOURS, 0.5).tolist() == [
        [[54, 59, 64], [77, 82, 87]],
        [[148, 153, 158], [171, 176, 181]],
    ]
    assert scipy_misc.imrotate(GREY, 90)[0].tolist() == [0, 44, 111, 177, 244, 0]


def test_kinds_of_images():
    """As many colours as the axis of colours has."""
    pytest.importorskip("PIL")
    modes = [scipy_misc.toimage(array).mode for array in (GREY, COLOURS, np.ones((3, 5, 4)))]
    assert modes == ["L", "RGB", "RGB"]
    assert scipy_misc.toimage(np.ones((3, 5, 4))).size == (4, 5)
    assert scipy_misc.toimage(np.ones((3, 5, 4)), channel_axis=2).mode == "RGBA"
    assert scipy_misc.toimage(GREY, mode="F").mode == "F"
    with pytest.raises(ValueError, match="Channel axis dimension is not valid."):
        scipy_misc.toimage(np.ones((2, 5, 3)), channel_axis=1)
    for array, mode in ((COLOURS, "L"), (GREY, "RGB")):
        with pytest.raises(ValueError, match="Mode is unknown or incompatible with input array shape."):
            scipy_misc.toimage(array, mode=mode)


def test_files(tmp_path):
    """What is written is read."""
    pytest.importorskip("PIL")
    path = tmp_path / "image.png"
    scipy_misc.imsave(path, COLOURS)
    assert scipy_misc.imread(path).tolist() == COLOURS.tolist()
    assert scipy_misc.imread(path, flatten=True).dtype == np.float32
    assert scipy_misc.imread(path, mode="L").shape == (4, 4)


def test_programs_find_them(tmp_path):
    """Where they were."""
    script = tmp_path / "script.py"
    script.write_text("from scipy.misc import imresize, bytescale\nprint(bytescale([0.0, 1.0]))\n")
    command = [sys.executable, "-m", "perdure", "run", str(script)]
    assert subprocess.run(command, capture_output=True, text=True).stdout == "[  0 255]\n"
