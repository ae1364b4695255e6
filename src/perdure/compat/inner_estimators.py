"""What the package tensorflow-estimator uses of TensorFlow's inside and nothing else has."""

from __future__ import annotations

import os
from types import ModuleType
from typing import Any, NoReturn

_STRATEGIES = "strategies of distribution are not supported by perdure: leave them out of RunConfig"


class ExportDecorator:
    """Under which names TensorFlow exports what it decorates: nothing follows from it here.

    Args:
        *args: the names.
        **kwargs: the names of other versions, and other switches.
    """

    def __init__(self, *args: str, **kwargs: Any) -> None:
        self._names = args

    def __call__(self, func: Any) -> Any:
        """The function or class, as it is."""
        return func

    def export_constant(self, module_name: str, name: str) -> None:
        """The same for a constant."""


class TFModuleWrapper(ModuleType):
    """A module that a package puts in place of its own, with the same names.

    Args:
        wrapped: the module.
        module_name, public_apis, deprecation, has_lite: what TensorFlow warns of.
    """

    def __init__(
        self,
        wrapped: ModuleType,
        module_name: str,
        public_apis: Any = None,
        deprecation: bool = True,
        has_lite: bool = False,
    ) -> None:
        super().__init__(wrapped.__name__, wrapped.__doc__)
        self.__dict__.update(vars(wrapped))


def path_to_str(path: Any) -> Any:
    """A path as text; anything else as it is."""
    return os.fspath(path) if hasattr(path, "__fspath__") else path


class _Cell:
    """The value of a gauge for some labels."""

    def __init__(self) -> None:
        self._value: Any = None

    def set(self, value: Any) -> None:
        """Set the value."""
        self._value = value

    def value(self) -> Any:
        """The value."""
        return self._value


class BoolGauge:
    """A value that a program shows its operators, for each of its labels.

    Args:
        name, description, *labels: what it shows.
    """

    def __init__(self, name: str, description: str, *labels: str) -> None:
        self._cells: dict[tuple[str, ...], _Cell] = {}

    def get_cell(self, *labels: str) -> _Cell:
        """The value for labels."""
        return self._cells.setdefault(labels, _Cell())


def scale_loss_for_distribution(loss_value: Any) -> Any:
    """A loss divided by the number of replicas, which is one."""
    return loss_value


def should_run_distribute_coordinator(config: Any) -> bool:
    """Whether a configuration asks for a strategy of distribution."""
    return getattr(config, "_distribute_coordinator_mode", None) is not None


def refuse_strategies(*args: Any, **kwargs: Any) -> NoReturn:
    """Refuse what needs a strategy of distribution.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError(_STRATEGIES)


# Modules of the package that stand on what perdure does not have, and what is said of them.
_CANNED = "tensorflow_estimator.python.estimator.canned."
_WHY = {
    f"{_CANNED}boosted_trees": "boosted trees are not supported by perdure; xgboost and lightgbm have them",
    f"{_CANNED}boosted_trees_utils": "boosted trees are not supported by perdure",
    f"{_CANNED}kmeans": "k-means is not supported by perdure; scikit-learn has it",
    f"{_CANNED}linear_optimizer.python.utils.sdca_ops": (
        "the SDCA optimizer is not supported by perdure; use tf.train.FtrlOptimizer"
    ),
}


# Packages all modules of which do, of TensorFlow's inside.
TPU_PACKAGES = ("tensorflow.python.tpu", "tensorflow.python.tpu.ops", "tensorflow.core.protobuf.tpu")
_NO_TPU = "TPUs are not supported by perdure: leave use_tpu=False"


def refused_names(module: str) -> Any:
    """What finds the names of a module that is refused, of the package or of TensorFlow; None if it is not.

    The names are classes, so that they can be imported and asked for by `isinstance`; making one is refused.
    """
    reason = _NO_TPU if module.rpartition(".")[0] in TPU_PACKAGES else _WHY.get(module)
    if reason is None:
        return None

    def find(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        from perdure.contrib.tpu.refused import refusing

        return refusing(name, reason)

    return find
