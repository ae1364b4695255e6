"""Layers as functions: `tf.layers.conv2d(inputs, ...)` makes a `Conv2D` and calls it once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from perdure.layers.base import Layer

_POSITIONAL = inspect.Parameter.POSITIONAL_OR_KEYWORD


def as_function(layer_class: type[Layer], function_name: str) -> Callable[..., Any]:
    """The function of tf.layers for a class.

    Args:
        layer_class: the class; its last arguments are `name` and `**kwargs`.
        function_name: the name of the function.

    Returns:
        A function of `inputs`, the arguments of the class, and `reuse`, which shares the variables of the
        layer of that name.
    """
    of_class = list(inspect.signature(layer_class).parameters.values())
    parameters = [p for p in of_class if p.kind is not p.VAR_KEYWORD]
    signature = inspect.Signature(
        [
            inspect.Parameter("inputs", _POSITIONAL, annotation=Any),
            *parameters,
            inspect.Parameter("reuse", _POSITIONAL, default=None, annotation=bool | None),
        ],
        return_annotation=Any,
    )

    def function(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments
        inputs, reuse = given.pop("inputs"), given.pop("reuse", None)
        return layer_class(**given, _scope=given.get("name"), _reuse=reuse)(inputs)

    function.__signature__ = signature  # type: ignore[attr-defined]
    function.__name__ = function.__qualname__ = function_name
    function.__module__ = layer_class.__module__
    function.__doc__ = (
        f"Make a layer and call it; see `{layer_class.__name__}`.\n\n"
        "Args:\n"
        "    inputs: what the layer is called with.\n"
        f"    {', '.join(p.name for p in parameters)}: see `{layer_class.__name__}`.\n"
        "    reuse: whether to share the variables of the layer of that name.\n"
    )
    return function
