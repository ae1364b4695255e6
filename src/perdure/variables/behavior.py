"""TensorFlow's switches between version 1 and version 2 behaviour.

perdure has the behaviour of version 1 only: what switches it on is done already, what switches
it off is refused.
"""

from collections.abc import Callable
from typing import NoReturn


def executing_eagerly() -> bool:
    """False: operations are built into graphs and run by sessions."""
    return False


def _already_so(name: str, behavior: str) -> Callable[[], None]:
    def disable() -> None:
        pass

    disable.__name__ = disable.__qualname__ = name
    disable.__doc__ = f"{behavior} is off already: perdure has the behaviour of TensorFlow 1."
    return disable


def _refused(name: str, behavior: str) -> Callable[[], NoReturn]:
    def enable() -> NoReturn:
        raise NotImplementedError(
            f"tf.{name}: perdure has no {behavior}; it runs graphs with TensorFlow 1 behaviour"
        )

    enable.__name__ = enable.__qualname__ = name
    enable.__doc__ = f"Not supported: perdure has no {behavior}."
    return enable


disable_eager_execution = _already_so("disable_eager_execution", "Eager execution")
disable_tensor_equality = _already_so("disable_tensor_equality", "Comparing tensors by value")

enable_v2_behavior = _refused("enable_v2_behavior", "TensorFlow 2 behaviour")
enable_tensor_equality = _refused("enable_tensor_equality", "comparison of tensors by value")


def enable_eager_execution(
    config: object = None, device_policy: object = None, execution_mode: object = None
) -> NoReturn:
    """Not supported.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError(
        "tf.enable_eager_execution: perdure has no eager execution; it runs graphs in sessions"
    )


def disable_v2_behavior() -> None:
    """Ask for the behaviour of TensorFlow 1, which differs only in the kind of variables made."""
    from perdure.variables.variable_store import disable_resource_variables

    disable_resource_variables()
