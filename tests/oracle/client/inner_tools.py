"""Tools of TensorFlow for Python code: decorators, arguments of functions, deprecation, lazy modules."""

import functools
import importlib
import sys
import types

from tests.oracle.client import attempt, internal

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def plain(a, b=2, *args, **kwargs):
    """What plain does."""
    return [a, b, list(args), sorted(kwargs.items())]


class Kind(object):
    def __init__(self, size, name="k"):
        self.size = size

    def method(self, x, y=1):
        return x

    def __call__(self, z):
        return z


@program
def decorators(tf):
    tools = internal("util.tf_decorator")

    def doubled(function):
        def wrapper(*args, **kwargs):
            return [function(*args, **kwargs)] * 2

        return tools.make_decorator(function, wrapper)

    made = doubled(plain)
    named = tools.make_decorator(plain, lambda *args: 0, "named", "Other words.")
    twice = doubled(made)
    found, target = tools.unwrap(twice)
    results = [
        made(1),
        made.__name__,
        made.__doc__,
        named.__doc__,
        [decorator.decorator_name for decorator in found],
        target is plain,
        tools.unwrap(plain)[0],
        found[0].decorated_target is made,
        found[0].decorator_doc,
        found[0].decorator_argspec,
        made.__wrapped__ is plain,
        tools.unwrap(named)[0][0].decorator_name,
        tools.TFDecorator("x", plain)(1),
        tools.TFDecorator("x", plain, "Words.").__doc__,
    ]
    results.append(tools.rewrap(twice, plain, len) is twice)
    results.append(tools.unwrap(twice)[1] is len)
    results.append(tools.rewrap(plain, plain, len) is len)
    return results


@program
def contexts(tf):
    contextmanager = internal("util.tf_contextlib").contextmanager

    @contextmanager
    def context(x, y=3):
        """A context."""
        yield x + y

    with context(1) as value:
        found = internal("util.tf_decorator").unwrap(context)[0]
        spec = internal("util.tf_inspect").getargspec(context)
        return [value, context.__name__, context.__doc__, found[0].decorator_name, list(spec)]


@program
def arguments(tf):
    look = internal("util.tf_inspect")
    partial = functools.partial
    given = look.ArgSpec(["x"], None, None, None)
    made = internal("util.tf_decorator").make_decorator(plain, lambda: 0, "d", decorator_argspec=given)
    subjects = [
        plain,
        Kind,
        Kind(1),
        Kind.method,
        Kind(1).method,
        made,
        partial(plain, 1),
        partial(plain, b=3),
    ]
    subjects += [partial(plain, c=3), partial(Kind.method, y=2), partial(Kind.method, x=2), len, 3]
    return [
        [attempt(lambda: list(look.getargspec(subject))) for subject in subjects[:10]],  # noqa: B023
        [attempt(lambda: list(look.getfullargspec(subject))) for subject in (plain, made, Kind.method)],  # noqa: B023
        attempt(lambda: look.getargspec(partial(lambda a, b: 0, a=1))),
        attempt(lambda: look.getargspec(partial(lambda a: 0, c=1))),
        look.getcallargs(plain, 1, b=3),
        look.getcallargs(plain, 1),
        sorted(look.getcallargs(Kind(5).method, 2)),
        look.getdoc(plain),
        [look.isfunction(made), look.isclass(Kind), look.ismethod(Kind(1).method), look.ismodule(sys)],
        look.getmro(Kind)[1] is object,
        look.getsource(made).split("\n")[0],
        look.getsourcefile(made) == look.getfile(made),
    ]


@program
def functions(tf):
    tools = internal("util.function_utils")
    partial = functools.partial
    return [
        tools.fn_args(plain),
        tools.fn_args(Kind(1).method),
        tools.fn_args(Kind(1)),
        tools.fn_args(partial(plain, 1)),
        tools.fn_args(partial(plain, b=1)),
        tools.fn_args(lambda: 0),
        [tools.has_kwargs(f) for f in (plain, Kind(1), partial(plain, 1), Kind(1).method)],
        attempt(lambda: tools.has_kwargs(3)),
        tools.get_func_name(plain),
        tools.get_func_name(Kind(1).method),
        attempt(lambda: tools.get_func_name(3)),
        tools.get_func_code(plain) is plain.__code__,
        tools.get_func_code(Kind(1)) is Kind.__call__.__code__,
    ]


@program
def what_is_deprecated(tf):
    tools = internal("util.deprecation")

    @tools.deprecated("2016-07-04", "Use other.")
    def documented(a):
        """First line.

        More of it.
        """
        return a

    @tools.deprecated(None, "Use other.")
    def bare():
        return 1

    @tools.deprecated_args(None, "Leave it out.", "b", ("c", None))
    def with_arguments(a, b=None, c=None):
        """Of arguments."""
        return [a, b, c]

    @tools.deprecated_arg_values("2017-01-01", "Give another.", b=False)
    def with_values(a, b=True):
        return [a, b]

    alias = tools.deprecated_alias("old", "new", plain)
    kind = tools.deprecated_alias("OldKind", "NewKind", Kind)
    with tools.silence():
        called = [documented(1), bare(), with_arguments(1, 2), with_arguments(1, c=3), with_values(1, False)]
        called += [alias(1), kind(4).size, isinstance(kind(4), Kind)]
    return [
        called,
        documented.__name__,
        documented.__doc__,
        bare.__doc__,
        with_arguments.__doc__,
        with_values.__doc__,
        attempt(lambda: tools.deprecated("July", "x")),
        attempt(lambda: tools.deprecated(None, "")),
        attempt(lambda: tools.deprecated(None, "x")(3)),
        attempt(lambda: tools.deprecated_args(None, "x")),
        attempt(lambda: tools.deprecated_args(None, "x", "a", more=1)),
        attempt(lambda: tools.deprecated_args(None, "x", "no")(bare)),
        attempt(lambda: tools.deprecated_arg_values(None, "x")),
        tools.deprecated_argument_lookup("new", None, "old", 3),
        tools.deprecated_argument_lookup("new", 2, "old", None),
        attempt(lambda: tools.deprecated_argument_lookup("new", 2, "old", 3)),
        tools.rewrite_argument_docstring("`a` and\na: it", "a", "b"),
        tf.contrib.framework.deprecated is tools.deprecated,
    ]


@program
def what_deprecation_logs(tf):
    tools = internal("util.deprecation")
    logging = internal("platform.tf_logging")
    logged = []
    usual, logging.warning = logging.warning, lambda text, *args: logged.append(text % args)

    @tools.deprecated("2016-07-04", "Use other.")
    def once():
        return 1

    @tools.deprecated(None, "Use other.", warn_once=False)
    def always():
        return 1

    @tools.deprecated_args(None, "Leave it out.", "b", ("c", None))
    def with_arguments(a, b=None, c=None):
        return a

    @tools.deprecated_arg_values("2017-01-01", "Give another.", b=False)
    def with_values(a, b=True):
        return a

    try:
        for _ in range(2):
            once()
            always()
            with_arguments(1)
            with_arguments(1, c=None)
            with_arguments(1, 2, c=3)
            with_values(1)
            with_values(1, b=False)
            tools.deprecated_alias("old", "new", plain)(1)
    finally:
        logging.warning = usual
    return [line.replace("\\", "/").split("/")[-1].split(":", 1)[1] for line in logged]


@program
def modules(tf):
    tools = internal("util.all_util")
    module = types.ModuleType("documented", "Names.\n\n@@a\n@@b\n@@missing\n")
    module.a, module.b, module.c, module.d, module._e = 1, 2, 3, 4, 5
    sys.modules["documented"] = module
    results = [sorted(tools.make_all("documented"))]
    tools.remove_undocumented("documented", ["d"])
    results.append(sorted(name for name in dir(module) if not name.startswith("__")))
    tools.reveal_undocumented("documented.c")
    results += [module.c, attempt(lambda: tools.reveal_undocumented("documented.z"))]
    space = {}
    lazy = internal("util.lazy_loader").LazyLoader("js", space, "json")
    results += [sorted(space), lazy.dumps([1]), sorted(space), space["js"] is importlib.import_module("json")]
    only = internal("util.keyword_args").keyword_args_only(plain)
    results += [only(a=1), attempt(lambda: only(1))]
    return results
