"""tf.test.TestCase: assertions, sessions, threads and temporary folders for one test."""

from __future__ import annotations

import os
import random
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from perdure.functional.random.random import set_random_seed
from perdure.graph import defaults
from perdure.graph.errors import OutOfRangeError
from perdure.graph.graph import Graph
from perdure.graph.stacks import get_default_session, graph_stack, reset_default_graph
from perdure.platform import logging
from perdure.session.session import Session
from perdure.testing.assertions import ArrayAssertions, ErrorAssertions, ProtoAssertions
from perdure.testing.devices import gpu_device_name
from perdure.testing.running import GetTempDir

# The seed TensorFlow gives graphs that have none while one of their ops has.
_SEED = 87654321


class TestCase(ArrayAssertions, ErrorAssertions, ProtoAssertions):
    """The base of test classes: each test starts with an empty default graph and fixed seeds."""

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        self._threads: list[CheckedThread] = []
        self._tempdir: str | None = None
        self._cached_session: Session | None = None

    def setUp(self) -> None:
        """Start with an empty default graph and the seeds that TensorFlow's tests have."""
        super().setUp()
        self._ClearCachedSession()
        random.seed(_SEED)
        np.random.seed(_SEED)
        graph_stack.stack.clear()
        reset_default_graph()
        set_random_seed(_SEED)
        # unittest takes the method of this name for a test.
        if self.id().endswith(".test_session"):
            self.skipTest("Not a test.")

    def tearDown(self) -> None:
        """Check that the threads were joined, and close the cached session."""
        try:
            for thread in self._threads:
                thread.check_termination()
        finally:
            self._ClearCachedSession()
            super().tearDown()

    def _ClearCachedSession(self) -> None:
        session, self._cached_session = self._cached_session, None
        if session is not None:
            session.close()

    # -- sessions -------------------------------------------------------------------------

    def evaluate(self, tensors: Any) -> Any:
        """The values of tensors in the default session, or in the cached one if there is none."""
        session = get_default_session()
        if session is not None:
            return session.run(tensors)
        with self.test_session() as session:
            return session.run(tensors)

    @contextmanager
    def session(
        self,
        graph: Graph | None = None,
        config: Any = None,
        use_gpu: bool = False,
        force_gpu: bool = False,
    ) -> Iterator[Session]:
        """A new session for a block, in which it and its graph are the default; closed after it.

        Args:
            graph: the graph; the default one if None.
            config: a `tf.ConfigProto`.
            use_gpu: whether to leave the placement to the session; the CPU otherwise.
            force_gpu: whether to place everything on the GPU.
        """
        with (
            _new_session(graph, config, force_gpu) as session,
            _placed(session, use_gpu, force_gpu),
        ):
            yield session

    @contextmanager
    def cached_session(
        self,
        graph: Graph | None = None,
        config: Any = None,
        use_gpu: bool = False,
        force_gpu: bool = False,
    ) -> Iterator[Session]:
        """The test's own session, made by the first block that asks for it, for a block; see `session`.

        Raises:
            ValueError: the first block asked for another graph, config or `force_gpu`.
        """
        session = self._get_cached_session(graph, config, force_gpu, check=True)
        with _placed(session, use_gpu, force_gpu):
            yield session

    @contextmanager
    def test_session(
        self,
        graph: Graph | None = None,
        config: Any = None,
        use_gpu: bool = False,
        force_gpu: bool = False,
    ) -> Iterator[Session]:
        """The older method: the cached session, or a new one if there is a graph; see `session`."""
        if graph is not None:
            with self.session(graph, config, use_gpu, force_gpu) as session:
                yield session
            return
        session = self._get_cached_session(graph, config, force_gpu, check=False)
        with _placed(session, use_gpu, force_gpu):
            yield session

    def _get_cached_session(self, graph: Graph | None, config: Any, force_gpu: bool, check: bool) -> Session:
        if self._cached_session is None:
            self._cached_session = _new_session(graph, config, force_gpu)
            self._cached_arguments = {"graph": graph, "config": config, "force_gpu value": force_gpu}
        elif check:
            given = {"graph": graph, "config": config, "force_gpu value": force_gpu}
            for name, value in given.items():
                if value is not self._cached_arguments[name]:
                    raise ValueError(
                        f"The {name} used to get the cached session is different than the one that was used "
                        "to create the session. Maybe create a new session with self.session()"
                    )
        return self._cached_session

    # -- threads, files, output ---------------------------------------------------------------

    def checkedThread(
        self,
        target: Callable[..., Any],
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
    ) -> CheckedThread:
        """A thread whose exceptions fail the test, which must start and join it.

        Args:
            target: what it runs.
            args: its arguments.
            kwargs: its keyword arguments.
        """
        thread = CheckedThread(self, target, args, kwargs)
        self._threads.append(thread)
        return thread

    def get_temp_dir(self) -> str:
        """A folder for this test; removed when the process exits."""
        if self._tempdir is None:
            self._tempdir = tempfile.mkdtemp(dir=GetTempDir())
        return self._tempdir

    @contextmanager
    def captureWritesToStream(self, stream: Any) -> Iterator[CapturedWrites]:
        """Send what is written to a stream, by C code as well, to a file while the block runs.

        Args:
            stream: an object with a file descriptor, such as `sys.stderr`.
        """
        stream.flush()
        descriptor = stream.fileno()
        original = os.dup(descriptor)
        captured, path = tempfile.mkstemp(dir=self.get_temp_dir())
        try:
            os.dup2(captured, descriptor)
            yield CapturedWrites(path)
        finally:
            stream.flush()
            os.dup2(original, descriptor)
            os.close(original)
            os.close(captured)


class CapturedWrites:
    """What `captureWritesToStream` has captured."""

    def __init__(self, capture_location: str) -> None:
        self.capture_location = capture_location

    def contents(self) -> str:
        """The text so far."""
        with open(self.capture_location, encoding="utf-8") as file:
            return file.read()


class CheckedThread:
    """A thread that fails its test with the exception it raises; see `TestCase.checkedThread`."""

    def __init__(
        self,
        testcase: TestCase,
        target: Callable[..., Any],
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
    ) -> None:
        self._testcase = testcase
        self._target = target
        self._args = args or ()
        self._kwargs = kwargs or {}
        self._thread = threading.Thread(target=self._protected_run)
        self._exception: Exception | None = None
        self._is_thread_joined = False

    def _protected_run(self) -> None:
        try:
            self._target(*self._args, **self._kwargs)
        except Exception as error:
            self._exception = error

    def start(self) -> None:
        """Start it."""
        self._thread.start()

    def join(self) -> None:
        """Wait for it; fails the test if it raised an exception."""
        self._is_thread_joined = True
        self._thread.join()
        if self._exception is not None:
            self._testcase.fail(f"Error in checkedThread: {self._exception}")

    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._thread.is_alive()

    def check_termination(self) -> None:
        """Fail the test if the thread was not joined."""
        if not self._is_thread_joined:
            self._testcase.fail("A checked thread was not joined.")


class ErrorLoggingSession(Session):
    """A session that logs what its steps fail with, but for the end of an input."""

    def run(self, *args: Any, **kwargs: Any) -> Any:
        """Run one step; see `tf.Session.run`."""
        try:
            return super().run(*args, **kwargs)
        except OutOfRangeError:
            raise
        except Exception as error:
            logging.error(str(error))
            raise


def _new_session(graph: Graph | None, config: Any, force_gpu: bool) -> Session:
    """A session that may place ops elsewhere than they ask for, unless the GPU is forced."""
    from perdure.formats.messages import ConfigProto

    if config is None:
        config = ConfigProto(allow_soft_placement=not force_gpu)
    elif force_gpu and config.allow_soft_placement:
        forced = ConfigProto()
        forced.CopyFrom(config)
        forced.allow_soft_placement = False
        config = forced
    return Session(graph=graph, config=config)


@contextmanager
def _placed(session: Session, use_gpu: bool, force_gpu: bool) -> Iterator[None]:
    """Make a session and its graph the default, with the device that a test asked for."""
    with session.graph.as_default(), session.as_default():
        if force_gpu:
            with defaults.device(gpu_device_name() or "/device:GPU:0"):
                yield
        elif use_gpu:
            yield
        else:
            with defaults.device("/device:CPU:0"):
                yield
