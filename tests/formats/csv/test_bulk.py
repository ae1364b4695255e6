"""Columns read by arrays are those read field by field."""

import random

import numpy as np
import pytest

from perdure.formats.csv.columns import Table
from perdure.formats.csv.numbers import double, integer, single

FORMS = ["%d", "%.1f", "%.3f", "%.7f", "%e", " %d", "+%d", "%d.", "%.15f"]


def texts(count):
    """Numbers written in all ways, and of all lengths up to what one word, or two, or none can hold."""
    generator = random.Random(3)
    for _ in range(count):
        number = generator.choice([1, -1]) * generator.random() * 10 ** generator.randrange(17)
        form = generator.choice(FORMS)
        yield (form % (abs(number) if form[0] == "+" else number)).encode()
    yield from (b".5", b"-.25", b"-0", b"0", b"16777217", b"1.000000059604644", b"0.1", b"9007199254740993")


@pytest.mark.parametrize(("name", "read"), [("float64", double), ("float32", single)])
def test_floats(name, read):
    """The same bits."""
    fields = list(texts(3000))
    found = Table([b"x," + field for field in fields], 2, b",", True, []).column(1, name, b"", None)
    assert found.tobytes() == np.array([read(field) for field in fields], name).tobytes()


def test_integers():
    """Up to the bounds of the type, with and without others among them."""
    fields = [b"%d" % (3**i * (-1) ** i) for i in range(39)] + [b" 7 ", b"007"]
    table = Table([field + b",a" for field in fields], 2, b",", True, [0])
    assert table.column(0, "int64", b"", None).tolist() == [integer(field.strip(), 64) for field in fields]
