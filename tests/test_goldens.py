"""Each golden belongs to what it was made from: none is missing, stale or left over."""

import pkgutil
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from tests import cases, golden
from tests.ops.helpers import is_stale

GOLDEN = Path(golden.FOLDER)
FAMILIES = sorted(module.name for module in pkgutil.iter_modules(cases.__path__))


def faults(expected: dict, found: dict, stale=lambda source, record: False) -> list[str]:
    """What is wrong with the records `found` for the sources `expected`, both by name."""
    missing = [f"{name} has no golden" for name in expected if name not in found]
    left = [f"{name} is a golden of nothing" for name in found if name not in expected]
    changed = [
        f"{name} has changed since its golden was made"
        for name in expected
        if name in found and stale(expected[name], found[name])
    ]
    return missing + left + changed


@pytest.mark.parametrize("family", FAMILIES)
def test_op_goldens(family):
    """The files of a family are its ops, their records the cases, and each was made from its case."""
    expected = {}
    for case in import_module(f"tests.cases.{family}").CASES:
        assert case.key not in expected.get(case.op, {}), f"two cases are called {case.key}"
        expected.setdefault(case.op, {})[case.key] = case
    found = {path.stem: golden.read(str(path)) for path in (GOLDEN / "ops" / family).glob("*.jsonl")}
    wrong = faults(expected, found)
    for op_type in set(expected) & set(found):
        wrong += faults(expected[op_type], found[op_type], is_stale)
    assert not wrong, f"{wrong}: run tests/oracle/make_op_goldens.py {family}"


def test_no_goldens_of_unknown_families():
    """A family that is gone has no goldens, and each op has its cases in one family."""
    found = sorted(path.name for path in (GOLDEN / "ops").iterdir())
    assert found == FAMILIES, "run tests/oracle/make_op_goldens.py"
    homes = {}
    for path in (GOLDEN / "ops").glob("*/*.jsonl"):
        assert path.name not in homes, f"{path.stem} is in {homes[path.name]} and {path.parent.name}"
        homes[path.name] = path.parent.name


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "c8", "c16", "i1", "u2", "i8", "bool", "object"])
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3), (5, 7)])
def test_packed_arrays_come_back(dtype, shape, tmp_path):
    """Few or many numbers, NaN and infinities, strings: to the bit, and to the same bytes when made again."""
    numbers = np.random.RandomState(0).standard_normal(shape) * 100
    if dtype == "object":
        array = np.vectorize(lambda x: b"\xff%r" % x, otypes=[object])(numbers)
    else:
        array = np.asarray(numbers).astype(dtype)
    if array.dtype.kind == "f" and array.size:
        array.flat[-1] = np.nan
        array.flat[0] = np.inf
    path = str(tmp_path / "one" / "two.jsonl")
    golden.write(path, {"b": golden.pack(array), "a": None})
    back = golden.read(path)
    assert list(back) == ["a", "b"]
    again = golden.unpack(back["b"])
    assert again.dtype == array.dtype and again.shape == array.shape
    assert again.tolist() == array.tolist() if dtype == "object" else again.tobytes() == array.tobytes()
    golden.write(str(tmp_path / "again"), {"a": None, "b": golden.pack(again)})
    assert (tmp_path / "again").read_bytes() == Path(path).read_bytes()
