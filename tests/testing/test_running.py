"""Running tests: main, stubs, benchmarks, and a test program in the style of TensorFlow's own."""

import subprocess
import sys
from pathlib import Path

import pytest

from perdure import tf
from perdure.testing import running


@pytest.mark.parametrize("way", ["perdure run", "compat.install"])
def test_program(way):
    """A test program that imports TensorFlow's inner modules passes; one test of it can be chosen."""
    program = Path(__file__).parent / "style_of_tensorflow.py"
    command, ran = [sys.executable, "-m", "perdure", "run", str(program)], "Ran 16 tests"
    if way != "perdure run":
        code = (
            "import runpy, sys; from perdure import compat; compat.install(); "
            f"sys.argv = sys.argv[1:]; runpy.run_path({str(program)!r}, run_name='__main__')"
        )
        command = [sys.executable, "-c", code, str(program), "OpsTest.testQueue"]
        ran = "Ran 1 test "
    found = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert found.returncode == 0, found.stderr
    assert ran in found.stderr


def test_tests_of_clients():
    """Tests of sessions, queues and hooks, with the imports that TensorFlow's own have."""
    program = Path(__file__).parent / "clients_of_tensorflow.py"
    found = subprocess.run(
        [sys.executable, "-m", "perdure", "run", str(program)], capture_output=True, text=True, timeout=120
    )
    assert found.returncode == 0, found.stderr
    assert "Ran 27 tests" in found.stderr


def test_stubs():
    """Attributes are replaced and put back, static methods and inherited ones as well."""

    class Base:
        inherited = 1

        @staticmethod
        def static():
            return "old"

    class Derived(Base):
        own = 2

    stubs = tf.test.StubOutForTesting()
    with stubs:
        stubs.Set(Base, "static", staticmethod(lambda: "new"))
        stubs.Set(Derived, "own", 3)
        stubs.SmartSet(Derived, "inherited", 4)
        assert (Derived.static(), Derived.own, Base.inherited) == ("new", 3, 4)
        with pytest.raises(AttributeError, match="Attribute not found: nothing"):
            stubs.SmartSet(Derived, "nothing", 1)
        with pytest.raises(AttributeError, match="nothing"):
            stubs.Set(Derived, "nothing", 1)
    assert (Derived.static(), Derived.own, Base.inherited) == ("old", 2, 1)
    instance = Derived()
    stubs.SmartSet(instance, "own", 5)
    assert instance.own == Derived.own == 5
    stubs.CleanUp()
    assert Derived.own == 2


def test_benchmarks():
    """A benchmark measures steps and logs the figures."""
    bench = tf.test.Benchmark()
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant(1)
        figures = bench.run_op_benchmark(session, x, burn_iters=1, min_iters=3, name="n", mbs=2)
        assert figures["iters"] == 3 and figures["wall_time"] > 0 and figures["throughput"] > 0
        with pytest.raises(tf.errors.UnimplementedError, match="store_trace=True"):
            bench.run_op_benchmark(session, x, store_trace=True)
        assert bench.evaluate(x) == 1
    with tf.Graph().as_default():
        x = tf.constant(2)
        assert bench.evaluate(x) == 2
    options = tf.test.benchmark_config().graph_options.rewrite_options
    assert options.dependency_optimization == options.OFF


def test_folders(monkeypatch):
    """Sources are where TEST_SRCDIR says, and clusters are not supported."""
    monkeypatch.setenv("TEST_SRCDIR", "/src")
    assert tf.test.test_src_dir_path("a/b") == "/src/org_tensorflow/tensorflow/a/b"
    monkeypatch.delenv("TEST_SRCDIR")
    with pytest.raises(KeyError, match="TEST_SRCDIR"):
        tf.test.test_src_dir_path("a")
    assert not running.StatefulSessionAvailable()
    with pytest.raises(tf.errors.UnimplementedError, match="create_local_cluster"):
        tf.test.create_local_cluster(1, 1)
    assert tf.test.mock.Mock(return_value=1)() == 1
