"""Decorators that say how a test is run: here always in graphs, with TensorFlow 1 behaviour."""

from __future__ import annotations

import functools
import gc
import unittest
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from perdure.graph.graph import Graph
from perdure.graph.tensor import Tensor
from perdure.testing.devices import is_gpu_available

Test = Callable[..., Any]


@contextmanager
def graph_mode() -> Iterator[None]:
    """A block in which operations are built into graphs, as everywhere."""
    yield


def eager_mode() -> NoReturn:
    """Not supported.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError("eager_mode: perdure has no eager execution; it runs graphs in sessions")


def run_in_graph_and_eager_modes(
    func: Test | None = None,
    config: Any = None,
    use_gpu: bool = True,
    reset_test: bool = True,
    assert_no_eager_garbage: bool = False,
) -> Any:
    """Run a test method in a session of its test case; there is no eager execution to run it in again.

    Args:
        func: the method; without it, a decorator is returned.
        config: a `tf.ConfigProto` for the session.
        use_gpu: whether to leave the placement to the session.
        reset_test: whether to set the test up again before the eager run.
        assert_no_eager_garbage: whether to look for garbage after the eager run.
    """

    def decorator(test: Test) -> Test:
        if isinstance(test, type):
            raise ValueError(
                "`run_in_graph_and_eager_modes` only supports test methods. Did you mean to use "
                "`run_all_in_graph_and_eager_modes`?"
            )

        @functools.wraps(test)
        def decorated(self: Any, *args: Any, **kwargs: Any) -> Any:
            with self.test_session(use_gpu=use_gpu, config=config):
                return test(self, *args, **kwargs)

        return decorated

    return decorator if func is None else decorator(func)


def run_all_in_graph_and_eager_modes(cls: type) -> type:
    """Run all test methods of a class as `run_in_graph_and_eager_modes` does."""
    return for_all_test_methods(run_in_graph_and_eager_modes)(cls)


def for_all_test_methods(decorator: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """A decorator of classes that decorates each of their test methods.

    Args:
        decorator: the decorator of methods.
        *args, **kwargs: what it gets before the method is decorated.
    """

    def decorate(cls: type) -> type:
        for name in dir(cls):
            value = getattr(cls, name)
            is_test = name.startswith(unittest.TestLoader.testMethodPrefix) and callable(value)
            if is_test and name != "test_session":
                setattr(cls, name, decorator(*args, **kwargs)(value) if args or kwargs else decorator(value))
        return cls

    return decorate


def _unchanged(name: str, why: str) -> Callable[..., Any]:
    """A decorator, used with or without arguments, that leaves tests and classes as they are."""

    def decorator(func: Any = None, **_: Any) -> Any:
        return func if func is not None else (lambda decorated: decorated)

    decorator.__name__ = decorator.__qualname__ = name
    decorator.__doc__ = f"Leave a test as it is: {why}."
    return decorator


def _with_reason(name: str, why: str) -> Callable[..., Any]:
    """The same for a decorator whose first argument is a description."""

    def decorator(description: str, func: Any = None) -> Any:
        return func if func is not None else (lambda decorated: decorated)

    decorator.__name__ = decorator.__qualname__ = name
    decorator.__doc__ = f"Leave a test as it is: {why}."
    return decorator


_GRAPHS = "everything runs in graphs"
_FUNCTIONS = "control flow is made of functions, always"
_NO_SWITCH = "perdure compiles what is worth it, by rules of its own"

deprecated_graph_mode_only = _unchanged("deprecated_graph_mode_only", _GRAPHS)
run_deprecated_v1 = deprecated_graph_mode_only
also_run_as_tf_function = _unchanged("also_run_as_tf_function", _GRAPHS)
py_func_if_in_function = _unchanged("py_func_if_in_function", _GRAPHS)
assert_no_new_pyobjects_executing_eagerly = _unchanged("assert_no_new_pyobjects_executing_eagerly", _GRAPHS)
enable_control_flow_v2 = _unchanged("enable_control_flow_v2", _FUNCTIONS)
with_control_flow_v2 = _unchanged("with_control_flow_v2", _FUNCTIONS)
enable_output_all_intermediates = _unchanged("enable_output_all_intermediates", _FUNCTIONS)
enable_c_shapes = _unchanged("enable_c_shapes", "there is one inference of shapes")
with_c_shapes = _unchanged("with_c_shapes", "there is one inference of shapes")
use_deterministic_cudnn = _unchanged("use_deterministic_cudnn", "cuDNN is not used")
run_v1_only = _with_reason("run_v1_only", "perdure has the behaviour of TensorFlow 1")
disable_control_flow_v2 = _with_reason("disable_control_flow_v2", _FUNCTIONS)
disable_xla = _with_reason("disable_xla", _NO_SWITCH)
no_xla_auto_jit = _with_reason("no_xla_auto_jit", _NO_SWITCH)
xla_allow_fallback = _with_reason("xla_allow_fallback", _NO_SWITCH)
enable_tf_xla_constant_folding = _with_reason("enable_tf_xla_constant_folding", _NO_SWITCH)


def build_as_function_and_v1_graph(func: Test | None = None) -> Any:
    """Run a test method in a graph of its own."""

    def decorator(test: Test) -> Test:
        @functools.wraps(test)
        def decorated(self: Any, *args: Any, **kwargs: Any) -> Any:
            with Graph().as_default():
                return test(self, *args, **kwargs)

        return decorated

    return decorator if func is None else decorator(func)


def skip_if(condition: Any) -> Callable[[Test], Test]:
    """Run a test method only if a condition, or what a function of no arguments returns, is false.

    As in TensorFlow the test then passes without having run.
    """

    def decorator(test: Test) -> Test:
        @functools.wraps(test)
        def decorated(*args: Any, **kwargs: Any) -> Any:
            skip = condition() if callable(condition) else condition
            return None if skip else test(*args, **kwargs)

        return decorated

    return decorator


def _skip_unless(name: str, is_possible: Callable[[], bool], reason: str) -> Callable[..., Any]:
    def decorator_or_test(func: Test | None = None) -> Any:
        def decorator(test: Test) -> Test:
            if isinstance(test, type):
                raise ValueError(f"`{name}` only supports test methods.")

            @functools.wraps(test)
            def decorated(self: Any, *args: Any, **kwargs: Any) -> Any:
                if not is_possible():
                    self.skipTest(reason)
                return test(self, *args, **kwargs)

            return decorated

        return decorator if func is None else decorator(func)

    decorator_or_test.__name__ = decorator_or_test.__qualname__ = name
    decorator_or_test.__doc__ = f"Skip a test method: {reason}"
    return decorator_or_test


run_v2_only = _skip_unless("run_v2_only", lambda: False, "Test is only compatible with v2")
run_gpu_only = _skip_unless("run_gpu_only", is_gpu_available, "Test requires GPU")
run_cuda_only = _skip_unless("run_cuda_only", is_gpu_available, "Test only applicable when running with CUDA")


def assert_no_new_tensors(func: Test) -> Test:
    """Fail a test method after which there are tensors that were not there before, outside its own graph."""

    @functools.wraps(func)
    def decorated(self: Any, *args: Any, **kwargs: Any) -> Any:
        before = {id(tensor) for tensor in _live_tensors()}
        # Tensors of the default graph may stay, so the test gets one that goes away.
        with Graph().as_default():
            result = func(self, *args, **kwargs)
        # Compiled steps and cached sessions hold what they fetch.
        self._ClearCachedSession()
        gc.collect()
        new = [tensor for tensor in _live_tensors() if id(tensor) not in before]
        if new:
            raise AssertionError(
                f"{len(new)} Tensors not deallocated after test: {[tensor.name for tensor in new]}"
            )
        return result

    return decorated


def _live_tensors() -> list[Tensor]:
    return [obj for obj in gc.get_objects() if isinstance(obj, Tensor)]


def assert_no_garbage_created(func: Test) -> Test:
    """Fail a test method that makes objects which only the garbage collector can free."""

    @functools.wraps(func)
    def decorated(self: Any, *args: Any, **kwargs: Any) -> Any:
        was_enabled, flags = gc.isenabled(), gc.get_debug()
        gc.disable()
        gc.collect()
        gc.set_debug(gc.DEBUG_SAVEALL)
        before = len(gc.garbage)
        try:
            result = func(self, *args, **kwargs)
            gc.collect()
            made = len(gc.garbage) - before
        finally:
            del gc.garbage[before:]
            gc.set_debug(flags)
            if was_enabled:
                gc.enable()
        self.assertEqual(made, 0, "the test created objects that refer to each other in a circle")
        return result

    return decorated
