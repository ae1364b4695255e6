"""Each golden belongs to what it was made from: none is missing, stale or left over."""

import gzip
import json
import pkgutil
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from tests import cases, fingerprints, golden, transcripts
from tests.formats import cases as format_cases
from tests.formats import checkpoint_cases
from tests.ops.helpers import is_stale
from tests.oracle import parity_programs, random_inputs, random_programs

GOLDEN = Path(golden.FOLDER)
TESTS = GOLDEN.parent
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


def is_other_source(function, record: dict) -> bool:
    """Whether a golden was made from another program."""
    return record["source"] != fingerprints.of_function(function)


def names_of(folder: Path, pattern: str) -> list[str]:
    """The modules of a folder."""
    return sorted(path.stem for path in folder.glob(pattern))


CLIENT = names_of(TESTS / "oracle" / "client", "[a-z]*.py")


@pytest.mark.parametrize("module", CLIENT)
def test_client_goldens(module):
    """Each program of the client API has what it came to, and was then what it is now."""
    programs = import_module(f"tests.oracle.client.{module}").PROGRAMS
    expected = {program.__name__: program for program in programs}
    assert len(expected) == len(programs), "two programs of one name"
    wrong = faults(expected, golden.read(str(GOLDEN / "client" / f"{module}.jsonl")), is_other_source)
    assert not wrong, f"{wrong}: run tests/oracle/make_client_goldens.py {module}"


AREAS = sorted(".".join(path.relative_to(TESTS).parent.parts) for path in TESTS.glob("*/**/scenarios.py"))


@pytest.mark.parametrize("area", AREAS)
def test_scenario_goldens(area):
    """Each scenario has its arrays, and was then what it is now."""
    expected = import_module(f"tests.{area}.scenarios").SCENARIOS
    wrong = faults(expected, golden.read(str(GOLDEN / "scenarios" / f"{area}.jsonl")), is_other_source)
    assert not wrong, f"{wrong}: run tests/oracle/make_scenario_goldens.py {area}"


GRAPHS = names_of(TESTS / "oracle" / "programs", "*.py")


@pytest.mark.parametrize("name", GRAPHS)
def test_graph_goldens(name):
    """The graph of a program was made from what the program is now."""
    path = GOLDEN / "graphs" / f"{name}.json.gz"
    remedy = f"run tests/oracle/make_graph_goldens.py {name}"
    assert path.exists(), f"no golden: {remedy}"
    source = fingerprints.of_file(str(TESTS / "oracle" / "programs" / f"{name}.py"))
    assert json.loads(gzip.decompress(path.read_bytes()))["source"] == source, f"stale: {remedy}"


def test_random_goldens():
    """The draws and the programs that draw are those that were stored."""
    stored = golden.read(str(GOLDEN / "random.jsonl"))
    records = {name: (record["op"], record["inputs"], record["attrs"]) for name, record in stored.items()}
    wrong = faults(random_inputs.draws(), records, lambda draw, record: draw != record)
    programs = {**random_programs.PROGRAMS, **random_programs.CLOSE_PROGRAMS}
    wrong += faults(programs, golden.read(str(GOLDEN / "random_programs.jsonl")), is_other_source)
    assert not wrong, f"{wrong}: run tests/oracle/make_random_goldens.py"


def test_parity_goldens():
    """The programs that train side by side are those that were stored."""
    stored = golden.read(str(GOLDEN / "parity.jsonl"))
    wrong = faults(parity_programs.PROGRAMS, stored, is_other_source)
    assert not wrong, f"{wrong}: run tests/oracle/make_parity_goldens.py"


def test_format_goldens():
    """The messages and graphs that were written are those of the cases."""
    stored = json.loads((GOLDEN / "formats" / "formats.json").read_text())
    source = fingerprints.of_file(format_cases.__file__)
    assert stored["source"] == source, "stale: run tests/oracle/make_format_goldens.py"


def test_checkpoint_goldens():
    """They were made from the cases as they are."""
    stored = json.loads((GOLDEN / "formats" / "checkpoints.json").read_text())
    source = fingerprints.of_file(checkpoint_cases.__file__)
    assert stored["source"] == source, "stale: run tests/oracle/make_checkpoint_goldens.py"


@pytest.mark.parametrize(
    ("folder", "names", "maker"),
    [
        ("client", [f"{name}.jsonl" for name in CLIENT], "make_client_goldens.py"),
        ("scenarios", [f"{area}.jsonl" for area in AREAS], "make_scenario_goldens.py"),
        ("graphs", [f"{name}.json.gz" for name in GRAPHS], "make_graph_goldens.py"),
        ("transcripts", [f"{name}.txt" for name in transcripts.EXAMPLES], "make_transcripts.py"),
    ],
)
def test_no_golden_is_left_over(folder, names, maker):
    """A folder has the goldens of what there is and no others."""
    wrong = faults(dict.fromkeys(names), {path.name: None for path in (GOLDEN / folder).iterdir()})
    assert not wrong, f"{wrong}: run tests/oracle/{maker}, and remove what is a golden of nothing"


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
