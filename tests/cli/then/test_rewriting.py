"""Programs are compiled to mean what they meant, and look as they did."""

import builtins
import os
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

import perdure
from perdure.cli.then import meanings
from perdure.cli.then.rewriting import compile_program

SOURCE = str(Path(perdure.__file__).parents[1])
ENVIRONMENT = {"PYTHONPATH": SOURCE, "PATH": os.environ["PATH"]}
ROOT = Path(__file__).parents[3]


@pytest.fixture
def run(monkeypatch):
    """Run rewritten code in this process: run(source) returns its namespace."""
    monkeypatch.setattr(builtins, meanings.NAME, meanings, raising=False)
    meanings.know_calls_of("numpy")

    def run(source, **names):
        namespace = {"np": np, **names}
        exec(compile_program(source, "program.py"), namespace)
        return namespace

    return run


def codes(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from codes(constant)


@pytest.mark.parametrize(
    "path", [*ROOT.glob("examples/*.py"), *ROOT.glob("tests/cli/**/*.py")], ids=lambda p: p.name
)
def test_lines_and_names_stay(path):
    """Each function of a file keeps its place, its lines, its documentation and its variables."""
    source = path.read_text()
    pairs = zip(codes(compile_program(source, "f")), codes(compile(source, "f", "exec")), strict=True)
    for ours, pythons in pairs:
        assert ours.co_qualname == pythons.co_qualname
        assert ours.co_firstlineno == pythons.co_firstlineno
        assert ours.co_varnames == pythons.co_varnames
        assert {line for *_, line in ours.co_lines()} == {line for *_, line in pythons.co_lines()}
        assert ours.co_freevars == pythons.co_freevars


FAILURES = {
    "attribute": "x = 3\nx.tostring()",
    "conversion": "def f(x):\n    return 1 + float(x) + 2\nf([1])",
    "value": "int('x')",
    "format": "'%d %s' % ('a', 1)",
    "index": "a = [1]\na[3] = -1",
    "array index": "import numpy as np\na = np.zeros(2)\na[2] = 300",
    "broadcast": "import numpy as np\na = np.zeros(2, np.uint8)\na[:] = [1, 2, 3]",
    "operator": "None + 300",
    "operators": "def f(x): return x\n1 + (f(2) * (3 + f(None)) - 7)",
    "division": "x = [0]\ny = (1 + x[0]) / (x[0]\n    * 5)",
    "augmented": "x = None\nx += 300",
    "math": "import math\nmath.sqrt(-1)",
    "call": "import numpy as np\nnp.array(1, 2, 3, 4, 5)",
    "inside": "import numpy\nclass A:\n    def __array__(self, *_, **__):\n        1 / 0\nnumpy.array(A())",
}


@pytest.mark.parametrize("source", FAILURES.values(), ids=FAILURES)
def test_tracebacks_are_pythons(source, tmp_path):
    """Not a character differs, whatever was rewritten."""
    script = tmp_path / "script.py"
    script.write_text(source + "\n")
    errors = [
        subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT).stderr
        for command in (
            [sys.executable, str(script)],
            [sys.executable, "-m", "perdure", "run", str(script)],
        )
    ]
    assert errors[0].startswith("Traceback")
    assert errors[1] == errors[0]


def test_what_is_evaluated_stays(run):
    """Each expression once, and in its order."""
    seen = []

    def note(name, value):
        seen.append(name)
        return value

    a = np.zeros((2, 2), np.uint8)
    run(
        "b[note('index', 0)] = note('value', -1)\n"
        "note('array', b).tostring()\n"
        "'%d' % note('right', 1)\n"
        "float(note('float', 3))\n"
        "note('left', 1) + 300\n"
        "np.array(note('list', [1]), dtype=note('type', np.uint8))\n",
        note=note,
        b=a[0],
    )
    assert seen == ["value", "index", "array", "right", "float", "left", "list", "type"]
    assert a.tolist() == [[255, 0], [0, 0]]


def test_numpy_itself_is_untouched(run):
    """What other libraries call is NumPy's own function."""
    before = {name: getattr(np, name) for name in ("array", "uint8", "asarray", "vstack", "sum")}
    assert run("x = np.array([[1], [2, 3]])")["x"].dtype == object
    assert all(getattr(np, name) is value for name, value in before.items())
    with pytest.raises(ValueError, match="inhomogeneous"):
        np.array([[1], [2, 3]])


def test_functions_of_the_programs_own_are_called(run):
    """Whatever they are called."""
    found = run(
        "def array(x): return 'mine'\n"
        "class Thing:\n"
        "    def fill(self, x): return x\n"
        "    def load(self, **k): return k\n"
        "x = array([1]), Thing().fill(-1), Thing().load(encoding=3), Thing().__class__.fill(None, 300)\n"
    )
    assert found["x"] == ("mine", -1, {"encoding": 3}, 300)


def test_functions_look_like_numpys(run):
    """In print, and for help()."""
    found = run("f = np.array\nx = (lambda: np.array)()\n")
    assert found["f"] is np.array and found["x"] is np.array
    assert meanings.call(np.vstack).__name__ == "vstack"


def test_patterns_stay(run):
    """Names in patterns are no expressions."""
    source = (
        "class Kind:\n    bool, long = 1, 2\n    class fill: pass\n"
        "def f(x):\n    match x:\n        case Kind.long: return 'long'\n"
        "        case Kind.fill(): return 'fill'\n        case {Kind.bool: y}: return y + 300\n"
    )
    found = run(source)
    f, kind = found["f"], found["Kind"]
    assert (f(2), f(kind.fill()), f({1: 4})) == ("long", "fill", 304)


def test_deep_expressions(run):
    """More terms than Python's stack has places for: compiled as they are."""
    deep = "x = " + "+".join(["1"] * 3000)
    assert run(deep)["x"] == 3000
