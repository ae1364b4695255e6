"""tf.make_template: functions that make their variables when they are called first, and share them then."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from typing import Any

from perdure.graph.defaults import get_collection, get_collection_ref
from perdure.graph.keys import GraphKeys
from perdure.platform import logging
from perdure.platform.deprecation import warn_once
from perdure.tracking.trackable import Trackable
from perdure.variables.capturing import capture_dependencies
from perdure.variables.scope import VariableScope, scope_store
from perdure.variables.variable_scope import pure_variable_scope, variable_scope


def make_template(
    name_: str,
    func_: Callable[..., Any],
    create_scope_now_: bool = False,
    unique_name_: str | None = None,
    custom_getter_: Any = None,
    **kwargs: Any,
) -> Template:
    """A function that makes its variables when it is called first and shares them afterwards.

    Args:
        name_: the name of the variable scope that it runs in, made unique.
        func_: the function; it makes its variables by `tf.get_variable`.
        create_scope_now_: whether that scope is made here and not where the function is called first.
        unique_name_: a name of the scope that is not made unique, instead of `name_`.
        custom_getter_: a getter for the variables; see `tf.get_variable`.
        **kwargs: arguments that are passed to `func_` whenever it is called.

    Raises:
        ValueError: `name_` is None.
    """
    return make_template_internal(
        name_, func_, create_scope_now_, unique_name_, custom_getter_, create_graph_function_=False, **kwargs
    )


def make_template_internal(
    name_: str,
    func_: Callable[..., Any],
    create_scope_now_: bool = False,
    unique_name_: str | None = None,
    custom_getter_: Any = None,
    create_graph_function_: bool = False,
    **kwargs: Any,
) -> Template:
    """`make_template`, with an argument that only TensorFlow itself gives.

    Args:
        name_, func_, create_scope_now_, unique_name_, custom_getter_, **kwargs: see `make_template`.
        create_graph_function_: whether `func_` is made a function of the graph; not supported.

    Raises:
        NotImplementedError: it is.
    """
    if kwargs:
        func_ = functools.update_wrapper(functools.partial(func_, **kwargs), func_)
    return Template(
        name_,
        func_,
        create_scope_now=create_scope_now_,
        unique_name=unique_name_,
        custom_getter=custom_getter_,
        create_graph_function=create_graph_function_,
    )


class Template(Trackable):
    """A function and the variables that it made when it was called first.

    Args:
        name: the name of the variable scope that it runs in, made unique.
        func: the function.
        create_scope_now: whether that scope is made here and not where the function is called first.
        unique_name: a name of the scope that is not made unique, instead of `name`.
        custom_getter: a getter for the variables.
        create_graph_function: whether `func` is made a function of the graph; not supported.

    Raises:
        ValueError: `name` is None.
        NotImplementedError: `create_graph_function`.
    """

    def __init__(
        self,
        name: str,
        func: Callable[..., Any],
        create_scope_now: bool = False,
        unique_name: str | None = None,
        custom_getter: Any = None,
        create_graph_function: bool = False,
    ) -> None:
        if create_graph_function:
            raise NotImplementedError("Template: create_graph_function is not supported yet")
        if name is None:
            raise ValueError("name cannot be None.")
        self._func = func
        self._name = name
        self._unique_name = unique_name
        self._custom_getter = custom_getter
        self._made_at = traceback.extract_stack()[:-2]
        self._variable_scope: VariableScope | None = None
        self._variables_created = False
        self._first_call = True
        if create_scope_now:
            scope_name = unique_name or scope_store().unique(name)
            with pure_variable_scope(scope_name, custom_getter=custom_getter) as scope:
                self._variable_scope = scope

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._variable_scope:
            with variable_scope(self._variable_scope, reuse=not self._first_call):
                return self._call(args, kwargs)
        with variable_scope(self._unique_name, self._name, custom_getter=self._custom_getter) as scope:
            self._variable_scope = scope
            return self._call(args, kwargs)

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        try:
            if self._variables_created:
                return self._call_again(args, kwargs)
            if not self._first_call:  # another thread calls it for the first time right now
                return self._func(*args, **kwargs)
            self._first_call = False
            try:
                with capture_dependencies(self):
                    result = self._func(*args, **kwargs)
            except BaseException:
                self._first_call = True
                raise
            self._variables_created = True
            return result
        except Exception as error:
            message = error.args[0] if error.args else ""
            origin = "".join(traceback.format_list(_rest(self._made_at, traceback.extract_stack())))
            error.args = (f"{message}\n\noriginally defined at:\n{origin}", *error.args[1:])
            raise

    def _call_again(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        variables = get_collection_ref(GraphKeys.GLOBAL_VARIABLES)
        trainable = get_collection_ref(GraphKeys.TRAINABLE_VARIABLES)
        before, trainable_before = len(variables), len(trainable)
        result = self._func(*args, **kwargs)
        if len(trainable) != trainable_before:
            raise ValueError(
                "Trainable variable created when calling a template after the first time, perhaps you used "
                f"tf.Variable when you meant tf.get_variable: {trainable[trainable_before:]}"
            )
        if len(variables) != before:
            logging.info(
                "New variables created when calling a template after the first time, perhaps you used "
                "tf.Variable when you meant tf.get_variable: %s",
                variables[before:],
            )
        return result

    # -- what it is and has -------------------------------------------------------------

    @property
    def name(self) -> str:
        """The name that was given to it."""
        return self._name

    @property
    def func(self) -> Callable[..., Any]:
        """The function."""
        return self._func

    @property
    def variable_scope(self) -> VariableScope | None:
        """The variable scope that it runs in, once there is one."""
        return self._variable_scope

    @property
    def var_scope(self) -> VariableScope | None:
        """The older name of `variable_scope`."""
        warn_once(
            "Template.var_scope",
            "tensorflow.python.ops.template",
            "The .var_scope property is deprecated. Please change your code to use the .variable_scope "
            "property",
        )
        return self._variable_scope

    @property
    def variable_scope_name(self) -> str | None:
        """The name of that scope, ending with "/" unless it is empty."""
        if not self._variable_scope:
            return None
        name = self._variable_scope.name
        return name if not name or name.endswith("/") else f"{name}/"

    def _made(self, collection: str) -> list[Any]:
        return get_collection(collection, self.variable_scope_name) if self._variables_created else []

    @property
    def variables(self) -> list[Any]:
        """Its global and its local variables."""
        return self.global_variables + self.local_variables

    @property
    def trainable_variables(self) -> list[Any]:
        """Its trainable variables."""
        return self._made(GraphKeys.TRAINABLE_VARIABLES)

    @property
    def non_trainable_variables(self) -> list[Any]:
        """Its global variables that are not trainable."""
        trainable = set(map(id, self.trainable_variables))
        return [variable for variable in self.global_variables if id(variable) not in trainable]

    @property
    def global_variables(self) -> list[Any]:
        """Its global variables."""
        return self._made(GraphKeys.GLOBAL_VARIABLES)

    @property
    def local_variables(self) -> list[Any]:
        """Its local variables."""
        return self._made(GraphKeys.LOCAL_VARIABLES)

    weights = variables
    trainable_weights = trainable_variables
    non_trainable_weights = non_trainable_variables


def _rest(stack: list[Any], other: list[Any]) -> list[Any]:
    """The lines of a stack behind those that it has in common with another one; at least the last."""
    for i, (line, of_other) in enumerate(zip(stack, other, strict=False)):
        if line != of_other:
            return stack[i:]
    return stack[-1:]
