"""Processes that a program under `perdure run` starts."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import perdure
from perdure.cli.children import FOLDER, perdure_child

SOURCE = str(Path(perdure.__file__).parents[1])
# What a child says of itself: whether it finds tensorflow, whose, and what it has loaded for that.
ADD = "import tensorflow as tf; print(tf.add.__module__.split('.')[0], tf.VERSION)"


@pytest.fixture
def run(tmp_path):
    """Run a program under `perdure run`: run(source, *arguments) returns what it printed."""

    def run(source, *arguments, options=(), **environment):
        script = tmp_path / "program.py"
        script.write_text(source)
        command = [sys.executable, "-m", "perdure", "run", *options, str(script), *map(str, arguments)]
        known = {"PYTHONPATH": SOURCE, "PATH": os.environ["PATH"], **environment}
        done = subprocess.run(command, cwd=tmp_path, env=known, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


POOL = """\
import multiprocessing
def work(x):
    import tensorflow as tf
    with tf.Graph().as_default(), tf.Session() as session:
        return float(session.run(tf.constant(x) * 2.0))
if __name__ == "__main__":
    with multiprocessing.get_context({method!r}).Pool(2) as pool:
        print(pool.map(work, [3.0, 4.0]))
"""


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_pool(run, method):
    """Its processes import tensorflow, so that the pool does not start new ones for ever."""
    assert run(POOL.format(method=method)) == "[6.0, 8.0]\n"


STARTS = {
    "-c": "subprocess.run([sys.executable, '-c', ADD])",
    "script": "subprocess.run([sys.executable, 'child.py'])",
    "script with options": "subprocess.run([sys.executable, '-u', '-W', 'ignore', 'child.py'])",
    "-m": "subprocess.run([sys.executable, '-m', 'child'])",
    "folder": "subprocess.run([sys.executable, '.'])",
    "standard input": "subprocess.run([sys.executable], input=ADD, text=True)",
    "shell": "subprocess.run(f'\"{sys.executable}\" child.py', shell=True)",
    "os.system": "os.system(f'\"{sys.executable}\" child.py')",
    "spawn": "os.spawnv(os.P_WAIT, sys.executable, [sys.executable, 'child.py'])",
    "of a child": "subprocess.run([sys.executable, '-c', 'import subprocess, sys; "
    'subprocess.run([sys.executable, "child.py"])\'])',
    "perdure run": "subprocess.run([sys.executable, '-m', 'perdure', 'run', 'child.py'])",
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_ways_to_start_a_child(run, tmp_path, start):
    """Each finds tensorflow."""
    for name in ("child.py", "__main__.py"):
        (tmp_path / name).write_text(f"{ADD}\n")
    assert run(f"import os, subprocess, sys\nADD = {ADD!r}\n{start}\n") == "perdure 1.15.5\n"


def test_a_script_is_started_as_python_starts_it(run, tmp_path):
    """Its arguments, name, search path, standard input and exit status."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/child.py").write_text(
        "import sys, tensorflow\nprint(sys.argv, __name__, __file__, sys.path[0], sys.flags.optimize)\n"
        "print(input())\nsys.exit(7)\n"
    )
    printed = run(
        "import subprocess, sys\n"
        "arguments = [sys.executable, '-O', 'sub/child.py', '-m', 'x y']\n"
        "done = subprocess.run(arguments, input='read', text=True)\n"
        "print(done.returncode)\n",
        PYTHONUNBUFFERED="1",
    )
    folder = tmp_path / "sub"
    assert printed == (f"['sub/child.py', '-m', 'x y'] __main__ {folder}/child.py {folder} 1\nread\n7\n")


def test_a_child_that_needs_nothing_gets_nothing(run, tmp_path):
    """Neither perdure nor NumPy is imported, nothing is left on the search path, and scripts stay scripts."""
    (tmp_path / "child.py").write_text("import sys\nprint(sys.orig_argv[1:], __loader__.name)\n")
    printed = run(
        "import subprocess, sys\n"
        'code = \'import json, sys; print({"perdure", "numpy"} & {*sys.modules}, sys.argv[1] in sys.path)\'\n'
        "subprocess.run([sys.executable, '-c', code, sys.argv[1]])\n"
        "subprocess.run([sys.executable, 'child.py'])\n",
        FOLDER,
    )
    assert printed == "set() False\n['child.py'] __main__\n"


def test_a_sitecustomize_of_the_users_is_run(run, tmp_path):
    """The one that Python would have imported."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/sitecustomize.py").write_text("import sys\nsys.customized = True\n")
    printed = run(
        f"import subprocess, sys\ncode = {ADD!r} + '; import sys, sitecustomize; print(sys.customized, "
        "sitecustomize.__file__)'\n"
        "subprocess.run([sys.executable, '-c', code])\n",
        PYTHONPATH=f"{SOURCE}:{tmp_path}/lib",
    )
    assert printed == f"perdure 1.15.5\nTrue {tmp_path}/lib/sitecustomize.py\n"


def test_another_environment_is_left_alone(run, tmp_path):
    """A Python with other packages does not find perdure's tensorflow, and runs its scripts itself."""
    venv.create(tmp_path / "other", with_pip=False, symlinks=True)
    (tmp_path / "child.py").write_text("import sys\nprint(sys.orig_argv[1:], 'no tensorflow')\n")
    printed = run(
        "import subprocess, sys\n"
        "for arguments in (['-c', 'import tensorflow'], ['child.py']):\n"
        "    done = subprocess.run([sys.argv[1], *arguments], capture_output=True, text=True)\n"
        "    print(done.stdout or done.stderr.splitlines()[-1])\n",
        tmp_path / "other/bin/python",
        PYTHONPATH=f"{SOURCE}:",
    )
    assert printed == ("ModuleNotFoundError: No module named 'tensorflow'\n['child.py'] no tensorflow\n\n")


def test_options_hold_for_children(run):
    """The tier, and whether perdure's own frames are shown."""
    code = "from perdure.runtime.options import current_options as o; import tensorflow; print(o().tier)"
    program = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {code!r}])\n"
    assert run(program, options=["--tier", "interpret"]) == "interpret\n"
    assert run(program) == "auto\n"


def test_an_isolated_child_is_out_of_reach(run):
    """It takes no notice of the environment, as documented."""
    printed = run(
        "import subprocess, sys\n"
        "done = subprocess.run([sys.executable, '-I', '-c', 'import tensorflow'], capture_output=True)\n"
        "print(b'ModuleNotFoundError' in done.stderr)\n"
    )
    assert printed == "True\n"


def test_the_search_path_is_only_added_to(run):
    """Each process sees the user's folders behind perdure's, which does not come twice."""
    program = (
        "import os, subprocess, sys\n"
        "print(os.environ['PYTHONPATH'])\nsys.stdout.flush()\n"
        "if len(sys.argv) < 3:\n"
        "    subprocess.run([sys.executable, '-m', 'perdure', 'run', *sys.argv, 'x'])\n"
    )
    assert run(program, "x") == f"{FOLDER}:{SOURCE}\n" * 2


@pytest.mark.parametrize(
    "path, own",
    [
        ("/home/user/project/model.py", True),
        ("/home/user/project/.venv/lib/python3.13/site-packages/numpy/__init__.py", False),
        ("/usr/lib/python3/dist-packages/six.py", False),
        (os.__file__, False),
        (perdure.__file__, False),
        (os.path.join(sys.prefix, "bin", "pip"), False),
    ],
)
def test_files_of_the_program(path, own):
    """What the program brings, not what is installed."""
    assert perdure_child.is_own(path) == own
