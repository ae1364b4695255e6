"""What is said of a name that the face does not have.

TensorFlow's own list of names is read only here, so that programs pay for it when they fail.
"""

import sys
from functools import cache
from opcode import opmap

from perdure.tf._lists import read_lists


class UnsupportedNameError(AttributeError, NotImplementedError):
    """TensorFlow 1.15 has this name and perdure does not have it yet.

    An AttributeError, so that `hasattr` and `getattr` with a default work as usual.
    """


@cache
def tensorflow_names() -> dict[str, frozenset[str]]:
    """The public names of TensorFlow 1.15.5 by namespace; "" is `tf` itself."""
    lists = read_lists("perdure.tf", "names-1.15.txt")
    return {namespace: frozenset(names.split()) for namespace, names in lists.items()}


def is_tensorflow_name(dotted: str) -> bool:
    """Whether TensorFlow 1.15 has `tf.<dotted>`, which may be a namespace."""
    namespace, _, name = dotted.rpartition(".")
    return name in tensorflow_names().get(namespace, ())


def as_asked(name: str, error: AttributeError, depth: int = 2) -> AttributeError | ImportError:
    """The error for whoever asks for a name: an ImportError, with the reason, for `from module import name`.

    Python itself would say only that the name cannot be imported.

    Args:
        name: what was asked for.
        error: what is wrong with it.
        depth: how many frames up the asking code is.
    """
    frame = sys._getframe(depth)
    if frame.f_code.co_code[frame.f_lasti] != opmap["IMPORT_FROM"]:
        return error
    return ImportError(f"cannot import name {name!r}: {error}", name=name)


def missing_name(namespace: str, name: str) -> AttributeError:
    """The error for `tf.<namespace>.<name>`; the caller raises it.

    Args:
        namespace: the namespace's name below `tf`, "" for `tf` itself.
        name: what was asked for.
    """
    if name.startswith("__"):  # asked for by Python itself: pickle, doctest, inspect ...
        return AttributeError(f"module 'perdure.tf' has no attribute {name!r}")
    full_name = ".".join(part for part in ("tf", namespace, name) if part)
    if is_tensorflow_name(full_name[3:]):
        return UnsupportedNameError(
            f"{full_name} is part of TensorFlow 1.15 but is not supported yet by perdure"
        )
    from difflib import get_close_matches

    known = tensorflow_names().get(namespace, frozenset())
    close = get_close_matches(name, known, n=1, cutoff=0.8)
    hint = f"; did you mean {full_name[: -len(name)]}{close[0]}?" if close else ""
    return AttributeError(f"TensorFlow 1.15 has no {full_name}{hint}")
