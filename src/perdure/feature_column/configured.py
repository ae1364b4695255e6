"""Columns as plain values, and back: what Keras saves of layers that have columns."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Self

from perdure.feature_column.interface import FeatureColumn
from perdure.graph.dtypes import as_dtype
from perdure.keras import initializers
from perdure.keras.utils.objects import deserialize_keras_object, serialize_keras_object

# The classes of columns by name, and the modules that define them.
_classes: dict[str, type] = {}
_MODULES = "categorical dense embedding sequence"


class Configured(FeatureColumn):
    """A column that is a named tuple of its arguments."""

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        _classes[cls.__name__] = cls

    def _get_config(self) -> dict[str, Any]:
        config = dict(zip(self._fields, self, strict=True))  # type: ignore[call-overload,attr-defined]
        for name, value in config.items():
            if name == "dtype":
                config[name] = value.name
            elif name == "normalizer_fn":
                config[name] = serialize_keras_object(value)
            elif name == "initializer":
                config[name] = initializers.serialize(value)
            elif name == "keys":
                config[name] = tuple(serialize_feature_column(key) for key in value)
            elif name in ("categorical_column", "source_column"):
                config[name] = serialize_feature_column(value)
        return config

    @classmethod
    def _from_config(
        cls, config: dict[str, Any], custom_objects: Any = None, columns_by_name: Any = None
    ) -> Self:
        fields = cls._fields  # type: ignore[attr-defined]
        if set(config) != set(fields):
            raise ValueError(f"Invalid config: {config}, expected keys: {fields}")
        arguments = {
            name: tuple(value) if isinstance(value, list) else value for name, value in config.items()
        }
        for name, value in config.items():
            if name == "dtype":
                arguments[name] = as_dtype(value)
            elif name == "normalizer_fn":
                arguments[name] = deserialize_keras_object(value, custom_objects=custom_objects)
            elif name == "initializer":
                arguments[name] = initializers.deserialize(value, custom_objects=custom_objects)
            elif name == "keys":
                arguments[name] = tuple(
                    deserialize_feature_column(key, custom_objects, columns_by_name) for key in value
                )
            elif name in ("categorical_column", "source_column"):
                arguments[name] = deserialize_feature_column(value, custom_objects, columns_by_name)
        return cls(**arguments)


def serialize_feature_column(fc: Any) -> Any:
    """A column as a dictionary of its class and its arguments; a key as it is.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(fc, str):
        return fc
    if not isinstance(fc, FeatureColumn):
        raise ValueError(f"Instance: {fc} is not a FeatureColumn")
    return {"class_name": type(fc).__name__, "config": fc._get_config()}


def deserialize_feature_column(config: Any, custom_objects: Any = None, columns_by_name: Any = None) -> Any:
    """The column that `serialize_feature_column` described.

    Args:
        config: the description.
        custom_objects: other classes and functions by name.
        columns_by_name: columns that have been made; one with the same class and name is used again.

    Raises:
        ValueError: it describes no column.
    """
    if isinstance(config, str):
        return config
    if not isinstance(config, dict) or "class_name" not in config or "config" not in config:
        raise ValueError(f"Improper config format: {config}")
    for module in _MODULES.split():
        import_module(f"perdure.feature_column.{module}")
    name = config["class_name"]
    cls = (custom_objects or {}).get(name, _classes.get(name))
    if cls is None:
        raise ValueError(f"Unknown feature_column_v2: {name}")
    if not issubclass(cls, FeatureColumn):
        raise ValueError(f"Expected FeatureColumn class, instead found: {cls}")
    made = cls._from_config(config["config"], custom_objects=custom_objects, columns_by_name=columns_by_name)
    known = {} if columns_by_name is None else columns_by_name
    return known.setdefault(f"{type(made).__name__}:{made.name}", made)


def serialize_feature_columns(feature_columns: Any) -> list[Any]:
    """Columns as dictionaries; see `serialize_feature_column`."""
    return [serialize_feature_column(column) for column in feature_columns]


def deserialize_feature_columns(configs: Any, custom_objects: Any = None) -> list[Any]:
    """The columns that `serialize_feature_columns` described; equal ones are one."""
    known: dict[str, Any] = {}
    return [deserialize_feature_column(config, custom_objects, known) for config in configs]
