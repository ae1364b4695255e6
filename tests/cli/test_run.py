"""`perdure run`: programs see what they would see under Python."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import perdure
from tests.signals import HEARS_CTRL_C

SOURCE = str(Path(perdure.__file__).parents[1])
ENVIRONMENT = {"PYTHONPATH": SOURCE, "PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}

FACTS = """\
import sys, __main__
print(sys.argv, repr(sys.path[0]), __name__, __file__, __package__, __doc__)
print(__main__.__dict__ is globals(), __spec__ and __spec__.name, type(__loader__).__name__)
"""


def python(*arguments, cwd, **options):
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True, text=True, cwd=cwd, env=ENVIRONMENT, **options,
    )  # fmt: skip


def perdure_run(*arguments, cwd, **options):
    return python("-m", "perdure", "run", *arguments, cwd=cwd, **options)


@pytest.fixture
def program(tmp_path):
    """Write programs: program(source) returns the path of a script."""

    def write(source, name="script.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(source)
        return path

    return write


def test_a_program_finds_tensorflow(program, tmp_path):
    """The point of it all."""
    script = program("import tensorflow as tf\nprint(tf.VERSION, tf.float32.name)\n")
    result = perdure_run(script, cwd=tmp_path)
    assert (result.stdout, result.stderr, result.returncode) == ("1.15.5 float32\n", "", 0)


@pytest.mark.parametrize("arguments", [["sub/script.py", "--a", "-m", "b c"], ["./sub/script.py"]])
def test_a_script_sees_what_python_shows(program, tmp_path, arguments):
    """sys.argv, sys.path[0], __name__, __file__ and the module __main__."""
    program('"""doc"""\n' + FACTS, "sub/script.py")
    expected = python(*arguments, cwd=tmp_path)
    assert expected.returncode == 0
    assert perdure_run(*arguments, cwd=tmp_path).stdout == expected.stdout


@pytest.mark.parametrize("module", ["package.module", "package", "script"])
def test_a_module_sees_what_python_shows(program, tmp_path, module):
    """`-m`, for modules, packages and modules in packages."""
    for name in ("package/__init__.py", "package/module.py", "package/__main__.py", "script.py"):
        program(FACTS if name != "package/__init__.py" else "", name)
    expected = python("-m", module, "x", cwd=tmp_path)
    assert expected.returncode == 0
    assert perdure_run("-m", module, "x", cwd=tmp_path).stdout == expected.stdout


def test_a_directory_and_standard_input(program, tmp_path):
    """As Python runs them."""
    program("import sys\nprint(sys.argv, __name__)\n", "sub/__main__.py")
    assert perdure_run("sub", "x", cwd=tmp_path).stdout == "['sub', 'x'] __main__\n"
    source = "import sys\nprint(sys.argv, __name__)\n"
    result = perdure_run("-", "x", cwd=tmp_path, input=source)
    assert result.stdout == "['-', 'x'] __main__\n"


def test_neighbours_can_be_imported(program, tmp_path):
    """The script's directory comes first on the search path."""
    program("value = 7\n", "sub/neighbour.py")
    program("import neighbour\nprint(neighbour.value)\n", "sub/script.py")
    assert perdure_run("sub/script.py", cwd=tmp_path).stdout == "7\n"


@pytest.mark.parametrize(
    "end, status",
    [("", 0), ("raise SystemExit(3)", 3), ("sys.exit('bye')", 1), ("sys.exit()", 0), ("1/0", 1)],
)
def test_exit_status(program, tmp_path, end, status):
    """The same as Python's."""
    result = perdure_run(program(f"import sys\n{end}\n"), cwd=tmp_path)
    assert result.returncode == status
    assert ("bye" in result.stderr) == ("bye" in end)


def test_keyboard_interrupt(program, tmp_path):
    """The process dies of the signal, as Python's does."""
    script = program(f"{HEARS_CTRL_C}import os\nos.kill(os.getpid(), signal.SIGINT)\nimport time\n")
    result = perdure_run(script, cwd=tmp_path)
    assert result.returncode == -signal.SIGINT
    assert "KeyboardInterrupt" in result.stderr


def test_the_traceback_is_pythons(program, tmp_path):
    """An exception of the program's own, with causes: not one line differs."""
    script = program(
        "def f():\n    try:\n        {}['x']\n    except KeyError as e:\n"
        "        raise ValueError('no') from e\nf()\n"
    )
    expected = python(script, cwd=tmp_path)
    result = perdure_run(script, cwd=tmp_path)
    assert result.stderr == expected.stderr
    assert result.returncode == expected.returncode == 1


def test_a_syntax_error_is_shown_as_python_shows_it(program, tmp_path):
    """Though it is perdure that compiles the script."""
    script = program("print(1)\nx = = 2\n")
    assert perdure_run(script, cwd=tmp_path).stderr == python(script, cwd=tmp_path).stderr


FAILS_INSIDE = "import tensorflow as tf\ndef f():\n    tf.constant(1, shape=['a'])\nf()\n"


def test_perdures_frames_are_not_in_the_way(program, tmp_path):
    """The traceback ends at the program's line, and says what it leaves out."""
    result = perdure_run(program(FAILS_INSIDE), cwd=tmp_path)
    lines = result.stderr.splitlines()
    assert "src/perdure" not in result.stderr
    assert sum(line.startswith("  File ") for line in lines) == 2
    assert lines[-1].endswith("inside perdure left out; `perdure run --full-traceback` shows all)")
    assert result.returncode == 1


FAILS_IN_A_STEP = """\
import tensorflow as tf
x = tf.placeholder(tf.float32, name="x")
with tf.Session() as session:
    try:
        session.run(x)
    finally:
        {}["program"]
"""


def test_causes_inside_of_perdure_are_left_out(program, tmp_path):
    """A failed step's error names the op and the program's line; the program's own chain stays."""
    result = perdure_run(program(FAILS_IN_A_STEP), cwd=tmp_path)
    assert "src/perdure" not in result.stderr
    assert result.stderr.count("You must feed a value for placeholder tensor 'x'") == 1
    assert "During handling of the above exception" in result.stderr
    assert "KeyError: 'program'" in result.stderr


def test_the_full_traceback(program, tmp_path):
    """For those who look for a bug of perdure."""
    result = perdure_run("--full-traceback", program(FAILS_INSIDE), cwd=tmp_path)
    assert "src/perdure/graph" in result.stderr
    assert "left out" not in result.stderr


def test_a_programs_own_hook_is_called(program, tmp_path):
    """sys.excepthook is the program's to replace."""
    script = program("import sys\nsys.excepthook = lambda kind, error, trace: print('mine', error)\n1/0\n")
    assert perdure_run(script, cwd=tmp_path).stdout == "mine division by zero\n"


@pytest.mark.parametrize(
    "arguments, message, status",
    [
        (["nothing.py"], "perdure: can't open file '{}/nothing.py': [Errno 2] No such file or", 2),
        (["-m", "nothing"], "perdure: No module named nothing", 1),
        (["-m", "no.thing"], "perdure: Error while finding module specification for 'no.thing'", 1),
        (["empty"], "perdure: can't find '__main__' module in '{}/empty'", 1),
        (["-m"], "perdure: run -m needs the name of a module", 2),
        (["-x"], "perdure: run does not know the option '-x'", 2),
        ([], "perdure: run needs a script, or -m and a module", 2),
    ],
)
def test_what_cannot_be_run(tmp_path, arguments, message, status):
    """One line, and Python's exit status."""
    (tmp_path / "empty").mkdir()
    result = perdure_run(*arguments, cwd=tmp_path)
    assert result.stderr.startswith(message.format(tmp_path))
    assert (result.stdout, result.returncode) == ("", status)


def test_a_namespace_package_is_refused(tmp_path):
    """A directory without __main__ cannot be run as a module."""
    (tmp_path / "empty").mkdir()
    result = perdure_run("-m", "empty", cwd=tmp_path)
    assert result.stderr.startswith("perdure: No module named empty")
    assert result.returncode == 1


def test_tf_app_run(program, tmp_path):
    """Flags are parsed, the rest goes to main, its result is the exit status."""
    script = program(
        "import tensorflow as tf\n"
        "tf.flags.DEFINE_integer('steps', 1, 'how many')\n"
        "def main(argv):\n    print(argv[1:], tf.flags.FLAGS.steps)\n    return 4\n"
        "if __name__ == '__main__':\n    tf.app.run()\n"
    )
    result = perdure_run(script, "--steps", "9", "data", "--unknown", cwd=tmp_path)
    assert result.stdout == "['data', '--unknown'] 9\n"
    assert result.returncode == 4


def test_numpys_old_names_work(program, tmp_path):
    """Under `perdure run` only."""
    script = program("import numpy as np\nprint(np.float is float, np.asscalar(np.array(2)))\n")
    assert perdure_run(script, cwd=tmp_path).stdout == "True 2\n"
