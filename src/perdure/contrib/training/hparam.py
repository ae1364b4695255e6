"""HParams: the hyperparameters of a model, with types, which a command line may override."""

from __future__ import annotations

import json
import numbers
import re
from collections.abc import Callable
from typing import Any, NoReturn

from perdure.platform.deprecation import warn_once

# A clause: a name, an index that may be missing, and a value or a list of values.
_CLAUSE = re.compile(
    r"""(?P<name>[a-zA-Z][\w.]*)
        (\[\s*(?P<index>\d+)\s*\])?
        \s*=\s*
        ((?P<val>[^,\[]*) | \[(?P<vals>[^\]]*)\])
        ($|,\s*)""",
    re.VERBOSE,
)


def parse_values(values: str, type_map: dict[str, type], ignore_unknown: bool = False) -> dict[str, Any]:
    """The values that a text gives to names: "a=1,b=[2,3],c[1]=x".

    Args:
        values: the text.
        type_map: the types of the names, of lists those of their elements.
        ignore_unknown: whether other names are left out.

    Returns:
        Values, lists, or dictionaries from indices to values, by names.

    Raises:
        ValueError: the text is no such, or gives something a second value.
    """
    results: dict[str, Any] = {}
    position = 0
    while position < len(values):
        clause = _CLAUSE.match(values, position)
        if clause is None:
            raise ValueError(f"Malformed hyperparameter value: {values[position:]}")
        position = clause.end()
        name = clause["name"]
        if name not in type_map:
            if ignore_unknown:
                continue
            raise ValueError(f"Unknown hyperparameter type for {name}")
        kind = type_map[name]
        parse: Callable[[str], Any] = _parse_bool if kind is bool else kind
        is_list = clause["val"] is None
        if is_list and clause["index"] is not None:
            raise ValueError("Assignment of a list to a list index.")
        text = clause["vals"] if is_list else clause["val"]
        try:
            parsed = [parse(each) for each in re.split("[ ,]", text) if each] if is_list else parse(text)
        except ValueError:
            raise ValueError(
                f"Could not parse hparam '{name}' of type '{kind.__name__}' with value '{text}' in {values}"
            ) from None
        _put(results, name, clause["index"], parsed, values)
    return results


def _parse_bool(text: str) -> bool:
    known = {"true": True, "True": True, "false": False, "False": False}
    return known[text] if text in known else bool(int(text))


def _put(results: dict[str, Any], name: str, index: str | None, value: Any, values: str) -> None:
    """Note a value of a name, or of an index of it, which must have none yet."""
    if index is None:
        if name in results:
            _refuse_second(name, values)
        results[name] = value
        return
    known = results.setdefault(name, {})
    if not isinstance(known, dict):
        _refuse_second(name, values)
    if int(index) in known:
        _refuse_second(f"{name}[{int(index)}]", values)
    known[int(index)] = value


def _refuse_second(name: str, values: str) -> NoReturn:
    raise ValueError(f"Multiple assignments to variable '{name}' in {values}")


def _cast(name: str, kind: type, value: Any) -> Any:
    """A value as one of a type, where nothing is lost by that.

    Raises:
        ValueError: it would be.
    """
    if type(value) is kind or issubclass(kind, type(None)):
        return value
    is_text = isinstance(value, (str, bytes))
    if (
        (issubclass(kind, (str, bytes)) and not is_text)
        or issubclass(kind, bool) != isinstance(value, bool)
        or (issubclass(kind, numbers.Integral) and not isinstance(value, numbers.Integral))
        or (issubclass(kind, numbers.Number) and not isinstance(value, numbers.Number))
    ):
        raise ValueError(f"Could not cast hparam '{name}' of type '{kind}' from value {value!r}")
    make: Any = kind
    return make(value)


class HParams:
    """Hyperparameters: each is an attribute, of the type of its first value.

    Args:
        hparam_def: a `HParamDef` to take them from.
        model_structure: kept for the program.
        kwargs: their names and values: numbers, truth values, strings, or lists of these.

    Raises:
        ValueError: a name is one that the object has already, a list is empty, or both kinds are given.
    """

    _HAS_DYNAMIC_ATTRIBUTES = True  # for tools that look for it

    def __init__(self, hparam_def: Any = None, model_structure: Any = None, **kwargs: Any) -> None:
        # The type of each, or of its elements, and whether it is a list.
        self._hparam_types: dict[str, tuple[type, bool]] = {}
        self._model_structure = model_structure
        if hparam_def and kwargs:
            raise ValueError("hparam_def and initialization values are mutually exclusive")
        found = _values_of(hparam_def) if hparam_def else kwargs
        for name, value in found.items():
            self.add_hparam(name, value)

    def add_hparam(self, name: str, value: Any) -> None:
        """Add a hyperparameter.

        Args:
            name: its name.
            value: its value.

        Raises:
            ValueError: the object has an attribute of that name, or the value is an empty list.
        """
        if getattr(self, name, None) is not None:
            raise ValueError(f"Hyperparameter name is reserved: {name}")
        is_list = isinstance(value, (list, tuple))
        if is_list and not value:
            raise ValueError(f"Multi-valued hyperparameters cannot be empty: {name}")
        self._hparam_types[name] = type(value[0] if is_list else value), is_list
        setattr(self, name, value)

    def set_hparam(self, name: str, value: Any) -> None:
        """Give a hyperparameter another value.

        Args:
            name: its name.
            value: a value of its type, or one that can be made one without loss.

        Raises:
            KeyError: there is no such hyperparameter.
            ValueError: the value is of another type.
        """
        kind, is_list = self._hparam_types[name]
        if isinstance(value, list):
            if not is_list:
                raise ValueError(f"Must not pass a list for single-valued parameter: {name}")
            setattr(self, name, [_cast(name, kind, each) for each in value])
        else:
            if is_list:
                raise ValueError(f"Must pass a list for multi-valued parameter: {name}.")
            setattr(self, name, _cast(name, kind, value))

    def del_hparam(self, name: str) -> None:
        """Remove a hyperparameter, if it is there."""
        if hasattr(self, name):
            delattr(self, name)
            del self._hparam_types[name]

    def parse(self, values: str) -> HParams:
        """Override values by those in a text; see `parse_values`.

        Raises:
            ValueError: the text cannot be read, or names something else.
        """
        types = {name: kind for name, (kind, _) in self._hparam_types.items()}
        return self.override_from_dict(parse_values(values, types))

    def override_from_dict(self, values_dict: dict[str, Any]) -> HParams:
        """Override values by those in a dictionary; see `set_hparam`."""
        for name, value in values_dict.items():
            self.set_hparam(name, value)
        return self

    def set_from_map(self, values_map: dict[str, Any]) -> HParams:
        """The older name of `override_from_dict`."""
        warn_once(
            "HParams.set_from_map",
            "tensorflow.contrib.training.python.training.hparam",
            "Use `override_from_dict`.",
        )
        return self.override_from_dict(values_map)

    def parse_json(self, values_json: str) -> HParams:
        """Override values by those in a JSON object; see `set_hparam`."""
        return self.override_from_dict(json.loads(values_json))

    def to_json(self, indent: int | None = None, separators: Any = None, sort_keys: bool = False) -> str:
        """The values as a JSON object.

        Args:
            indent, separators, sort_keys: see `json.dumps`.
        """
        return json.dumps(self.values(), indent=indent, separators=separators, sort_keys=sort_keys)

    def set_model_structure(self, model_structure: Any) -> None:
        """Keep something for the program."""
        self._model_structure = model_structure

    def get_model_structure(self) -> Any:
        """What was kept."""
        return self._model_structure

    def values(self) -> dict[str, Any]:
        """The values by names."""
        return {name: getattr(self, name) for name in self._hparam_types}

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a hyperparameter, or `default` if there is none of that name.

        Raises:
            ValueError: there is one, and `default` is not of its type.
        """
        if key not in self._hparam_types:
            return default
        if default is not None:
            self._check_default(key, default)
        return getattr(self, key)

    def _check_default(self, key: str, default: Any) -> None:
        kind, is_list = self._hparam_types[key]
        shown = f"list<{kind}>" if is_list else str(kind)
        message = f"Hparam '{key}' of type '{shown}' is incompatible with default={default}"
        if is_list != isinstance(default, list):
            raise ValueError(message)
        try:
            for each in default if is_list else [default]:
                _cast(key, kind, each)
        except ValueError as error:
            raise ValueError(f"{message}. {error}") from None

    def __contains__(self, key: str) -> bool:
        return key in self._hparam_types

    def __str__(self) -> str:
        return ",".join(f"{name}={value}" for name, value in self.values().items())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({sorted(self.values().items())})"

    @staticmethod
    def _get_kind_name(param_type: type, is_list: bool) -> str:
        """The field of a `HParamDef` for values of a type."""
        for kinds, name in _FIELDS:
            if issubclass(param_type, kinds):
                return f"{name}_{'list' if is_list else 'value'}"
        raise ValueError(f"Unsupported parameter type: {param_type}")

    def to_proto(self, export_scope: str | None = None) -> Any:
        """The hyperparameters as a `HParamDef`.

        Args:
            export_scope: ignored, as by TensorFlow.

        Raises:
            ValueError: one is of a type that it cannot hold.
        """
        from perdure.formats.messages import HParamDef

        result = HParamDef()
        for name, (kind, is_list) in self._hparam_types.items():
            field = self._get_kind_name(kind, is_list)
            value = getattr(self, name)
            values = [_as_field(each, field) for each in (value if is_list else [value])]
            if is_list:
                getattr(result.hparam[name], field).value.extend(values)
            else:
                setattr(result.hparam[name], field, values[0])
        return result

    @staticmethod
    def from_proto(hparam_def: Any, import_scope: str | None = None) -> HParams:
        """The hyperparameters of a `HParamDef`.

        Args:
            hparam_def: the message.
            import_scope: ignored, as by TensorFlow.
        """
        return HParams(hparam_def=hparam_def)


# Types of values, and how the fields of a `HParamDef` that hold them begin; truth values are integers, too.
_FIELDS: tuple[tuple[Any, str], ...] = (
    (bool, "bool"),
    (int, "int64"),
    ((str, bytes), "bytes"),
    (float, "float"),
)


def _as_field(value: Any, field: str) -> Any:
    return value.encode() if field.startswith("bytes") and isinstance(value, str) else value


def _values_of(hparam_def: Any) -> dict[str, Any]:
    """The values in a `HParamDef`, strings as text."""
    result: dict[str, Any] = {}
    for name, held in hparam_def.hparam.items():
        field = held.WhichOneof("kind")
        value = getattr(held, field)
        values = list(value.value) if field.endswith("_list") else [value]
        values = [each.decode() if isinstance(each, bytes) else each for each in values]
        result[name] = values if field.endswith("_list") else values[0]
    return result
