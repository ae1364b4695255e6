"""tf.estimator: models that are trained, evaluated and exported by one interface.

It is the package tensorflow-estimator 1.15, as it is (`pip install 'perdure[estimator]'`).  That imports
`tensorflow`; so the first name that is asked for here makes `import tensorflow` find perdure, as
`perdure.compat.install()` does.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from perdure.tf._missing import as_asked, missing_name

# Its names are those of the package, which may not be there.
__all__: list[str] = []

_PACKAGE = "tensorflow_estimator"


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise missing_name("estimator", name)
    try:
        value = getattr(_package(), name)
    except AttributeError:
        raise as_asked(name, missing_name("estimator", name)) from None
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    names = [*globals()] if find_spec(_PACKAGE) is None else [*globals(), *dir(_package())]
    return sorted({name for name in names if not name.startswith("_")})


def _package() -> Any:
    """The module of the package that is `tf.estimator`.

    Raises:
        ModuleNotFoundError: the package is not installed.
        RuntimeError: a real TensorFlow has been imported, on which the package would stand.
    """
    if find_spec(_PACKAGE) is None:
        raise ModuleNotFoundError(
            "tf.estimator needs the package tensorflow-estimator 1.15: pip install 'perdure[estimator]'",
            name=_PACKAGE,
        )
    # The face knows nothing of the alias otherwise.
    import_module("perdure.compat").install()
    return import_module(f"{_PACKAGE}.python.estimator.api._v1.estimator")
