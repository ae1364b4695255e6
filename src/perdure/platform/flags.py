"""tf.flags: absl's flags, with the two liberties TensorFlow takes.

`FLAGS` parses `sys.argv` when a flag is read before anybody parsed it, and the commonest
`DEFINE_*` functions take the keyword names of TensorFlow 0.x.  Every other name is absl's own.
absl is imported with this module, that is when a program first uses a flag.
"""

import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any

from absl import flags as absl_flags

from perdure.platform import logging

# absl files a flag under the first module on the call stack that has not said this.
absl_flags.disclaim_key_flags()

_OLD_KEYWORDS = {"flag_name": "name", "default_value": "default", "docstring": "help"}


def _accept_old_keywords(define: Callable[..., Any]) -> Callable[..., Any]:
    """Let an absl DEFINE function take `flag_name`, `default_value` and `docstring`."""

    @functools.wraps(define)
    def define_flag(*args: Any, **kwargs: Any) -> Any:
        old_names = [name for name in _OLD_KEYWORDS if name in kwargs]
        for name in old_names:
            kwargs[_OLD_KEYWORDS[name]] = kwargs.pop(name)
        if old_names:
            logging.warning(
                "tf.flags.%s: the keywords flag_name, default_value and docstring are deprecated; "
                "use name, default and help",
                define.__name__,
            )
        return define(*args, **kwargs)

    return define_flag


class SelfParsingFlags:
    """absl's `FLAGS`, parsing `sys.argv` by itself when a flag is read too early."""

    __slots__ = ("_absl",)

    def __init__(self, flag_values: absl_flags.FlagValues) -> None:
        object.__setattr__(self, "_absl", flag_values)

    def __getattr__(self, name: str) -> Any:
        if not self._absl.is_parsed() and not hasattr(type(self._absl), name):
            self._absl(sys.argv)
        return getattr(self._absl, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._absl, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._absl, name)

    def __dir__(self) -> list[str]:
        return self._absl.__dir__()

    def __getitem__(self, name: str) -> Any:
        return self._absl[name]

    def __setitem__(self, name: str, flag: Any) -> None:
        self._absl[name] = flag

    def __contains__(self, name: str) -> bool:
        return name in self._absl

    def __len__(self) -> int:
        return len(self._absl)

    def __iter__(self) -> Iterator[str]:
        return iter(self._absl)

    def __str__(self) -> str:
        return str(self._absl)

    def __call__(self, *args: Any, **kwargs: Any) -> list[str]:
        return self._absl(*args, **kwargs)


DEFINE_string = _accept_old_keywords(absl_flags.DEFINE_string)
DEFINE_boolean = _accept_old_keywords(absl_flags.DEFINE_boolean)
DEFINE_bool = DEFINE_boolean
DEFINE_float = _accept_old_keywords(absl_flags.DEFINE_float)
DEFINE_integer = _accept_old_keywords(absl_flags.DEFINE_integer)

FLAGS = SelfParsingFlags(absl_flags.FLAGS)


def __getattr__(name: str) -> Any:
    return getattr(absl_flags, name)
