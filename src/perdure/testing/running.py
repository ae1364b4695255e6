"""Running test programs: tf.test.main, temporary folders, stubs, benchmarks."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from typing import Any, NoReturn
from unittest import mock

import numpy as np
from absl.testing import absltest

from perdure.graph.errors import UnimplementedError
from perdure.platform import app, logging

__all__ = [
    "Benchmark", "GetTempDir", "StatefulSessionAvailable", "StubOutForTesting", "absltest",
    "benchmark_config", "create_local_cluster", "get_temp_dir", "main", "mock", "test_src_dir_path",
]  # fmt: skip


def main(argv: list[str] | None = None) -> NoReturn:
    """Run the tests of the module `__main__`, with its flags parsed, and exit the process.

    Args:
        argv: the command line with the program's name first; by default `sys.argv`.

    Raises:
        SystemExit: always.
    """
    app.run(main=lambda args: absltest.main(argv=args), argv=sys.argv if argv is None else argv)


@cache
def GetTempDir() -> str:
    """A folder for this process, removed when it exits; in TEST_TMPDIR if that is set."""
    folder = tempfile.mkdtemp(prefix="perdure-test-", dir=os.environ.get("TEST_TMPDIR") or None)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


get_temp_dir = GetTempDir


def test_src_dir_path(relative_path: str) -> str:
    """Where a file of TensorFlow's source is, below the folder that TEST_SRCDIR names.

    Raises:
        KeyError: TEST_SRCDIR is not set.
    """
    return os.path.join(os.environ["TEST_SRCDIR"], "org_tensorflow/tensorflow", relative_path)


# The name says test, but it is none.
test_src_dir_path.__test__ = False  # type: ignore[attr-defined]


def StatefulSessionAvailable() -> bool:
    """False, as in TensorFlow: no session outlives its process."""
    return False


def create_local_cluster(
    num_workers: int,
    num_ps: int,
    protocol: str = "grpc",
    worker_config: Any = None,
    ps_config: Any = None,
) -> NoReturn:
    """Not supported yet: a server of perdure is alone in its cluster.

    Raises:
        UnimplementedError: always.
    """
    raise UnimplementedError(
        None, None, "tf.test.create_local_cluster: clusters of several servers are not supported yet"
    )


class StubOutForTesting:
    """Replaces attributes and puts the old ones back, when asked or at the end of a `with` block."""

    def __init__(self) -> None:
        self._replaced: list[tuple[Any, str, Any]] = []
        self._replaced_smartly: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> StubOutForTesting:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.CleanUp()

    def CleanUp(self) -> None:
        """Put all old attributes back."""
        self.SmartUnsetAll()
        self.UnsetAll()

    def Set(self, parent: Any, child_name: str, new_child: Any) -> None:
        """Replace an attribute of an object.

        Raises:
            AttributeError: there is no such attribute.
        """
        old = vars(parent).get(child_name)
        if not isinstance(old, staticmethod):
            old = getattr(parent, child_name)
        self._replaced.append((parent, child_name, old))
        setattr(parent, child_name, new_child)

    def UnsetAll(self) -> None:
        """Put back what `Set` has replaced."""
        _restore(self._replaced)

    def SmartSet(self, obj: Any, attr_name: str, new_attr: Any) -> None:
        """Replace an attribute where it is defined: in the object, its class or a base of that.

        Raises:
            AttributeError: there is no such attribute.
        """
        classes = (obj if isinstance(obj, type) else type(obj)).__mro__
        for owner in (obj, *classes):
            if attr_name in getattr(owner, "__dict__", {}):
                break
        else:
            raise AttributeError(f"Attribute not found: {attr_name} of {obj!r}")
        self._replaced_smartly.append((owner, attr_name, vars(owner)[attr_name]))
        setattr(owner, attr_name, new_attr)

    def SmartUnsetAll(self) -> None:
        """Put back what `SmartSet` has replaced."""
        _restore(self._replaced_smartly)


def _restore(replaced: list[tuple[Any, str, Any]]) -> None:
    while replaced:
        setattr(*replaced.pop())


def benchmark_config() -> Any:
    """A ConfigProto for benchmarks, in which nothing is computed before it is asked for."""
    from perdure.formats.messages import ConfigProto, RewriterConfig

    config = ConfigProto()
    config.graph_options.rewrite_options.dependency_optimization = RewriterConfig.OFF
    return config


class Benchmark:
    """The base of classes whose methods `benchmark*` measure something."""

    def report_benchmark(
        self,
        iters: int | None = None,
        cpu_time: float | None = None,
        wall_time: float | None = None,
        throughput: float | None = None,
        extras: dict[str, Any] | None = None,
        name: str | None = None,
        metrics: list[Any] | None = None,
    ) -> None:
        """Log what was measured.

        Args:
            iters: how often it ran.
            cpu_time: the seconds of the processor.
            wall_time: the seconds.
            throughput: the MB in a second.
            extras: further figures by name.
            name: what was measured; the class by default.
            metrics: further figures, each a dictionary.
        """
        figures = {
            "iters": iters,
            "cpu_time": cpu_time,
            "wall_time": wall_time,
            "throughput": throughput,
            **(extras or {}),
            "metrics": metrics,
        }
        given = ", ".join(f"{key}: {value}" for key, value in figures.items() if value is not None)
        logging.info("Benchmark [%s] %s", name or type(self).__name__, given)

    def evaluate(self, tensors: Any) -> Any:
        """The values of tensors in the default session."""
        from perdure.graph.stacks import get_default_session
        from perdure.session.session import Session

        session = get_default_session()
        if session is not None:
            return session.run(tensors)
        with Session() as session:
            return session.run(tensors)

    def run_op_benchmark(
        self,
        sess: Any,
        op_or_tensor: Any,
        feed_dict: dict[Any, Any] | None = None,
        burn_iters: int = 2,
        min_iters: int = 10,
        store_trace: bool = False,
        store_memory_usage: bool = True,
        name: str | None = None,
        extras: dict[str, Any] | None = None,
        mbs: float = 0,
    ) -> dict[str, Any]:
        """Measure how long steps take.

        Args:
            sess: the session.
            op_or_tensor: what to run.
            feed_dict: what to feed.
            burn_iters: the steps before those that count.
            min_iters: the steps.
            store_trace: whether to keep a trace; not supported yet.
            store_memory_usage: whether to add the memory used, where that is known: nowhere yet.
            name: what was measured; the class by default.
            extras: further figures by name.
            mbs: the MB that a step works on.

        Returns:
            The figures by name; `wall_time` is the median of a step's seconds.

        Raises:
            UnimplementedError: `store_trace` is true.
        """
        if store_trace:
            raise UnimplementedError(None, None, "run_op_benchmark(store_trace=True) is not supported yet")
        step: Callable[[], Any] = lambda: sess.run(op_or_tensor, feed_dict=feed_dict)  # noqa: E731
        for _ in range(burn_iters):
            step()
        seconds = []
        for _ in range(min_iters):
            start = time.perf_counter()
            step()
            seconds.append(time.perf_counter() - start)
        median = float(np.median(seconds)) if seconds else -1.0
        figures = dict(extras or {}, wall_time_mean=float(np.mean(seconds)) if seconds else -1.0)
        throughput = mbs / median if mbs else 0.0
        self.report_benchmark(min_iters, None, median, throughput, figures, name)
        return {
            "iters": min_iters, "wall_time": median, "throughput": throughput,
            "extras": figures, "name": name or type(self).__name__,
        }  # fmt: skip
