"""`perdure run`: a program meets perdure as `tensorflow`, and otherwise runs as under Python.

What Python sets up for a program is set up again: `sys.argv`, `sys.path[0]` and a fresh module
`__main__`.  Exceptions are let through to Python, which knows what SystemExit, KeyboardInterrupt
and the rest mean for the exit status; only the traceback that is printed is ours.
"""

import importlib.util
import io
import os
import sys
import warnings
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

import perdure.compat
from perdure.cli import children, tracebacks
from perdure.cli.then import importing
from perdure.cli.then.rewriting import compile_program


def prepare(options: Sequence[str]) -> None:
    """Set up the process for a program: the import alias, NumPy's old names, the traceback, its children.

    Args:
        options: those of `perdure run` that hold for the processes that the program starts, too.
    """
    children.stop_waiting()
    with warnings.catch_warnings():
        if children.is_child():  # the first process has warned of what is installed as well
            warnings.simplefilter("ignore", RuntimeWarning)
        perdure.compat.install()
    for option, value in zip(options, options[1:], strict=False):
        if option == "--own":
            importing.own_packages.add(value)
    importing.install()
    if "--full-traceback" not in options and sys.excepthook is sys.__excepthook__:
        sys.excepthook = tracebacks.print_without_perdure
    children.reach_children(options)


def run_script(script: str, arguments: Sequence[str]) -> int:
    """Run a file, a notebook, a directory's `__main__.py`, or standard input (`-`); return the exit status.

    Args:
        script: its path.
        arguments: the program's own arguments.
    """
    sys.argv = [script, *arguments]
    if script == "-":
        _replace_search_path("")
        code = compile_program(sys.stdin.buffer.read(), "<stdin>")
        return _execute(code, _main_module())
    path = os.path.join(os.getcwd(), script)  # not normalized: that is what Python shows
    if os.path.isdir(path):
        path = os.path.join(path, "__main__.py")
        if not os.path.isfile(path):
            return _refuse(f"can't find '__main__' module in {os.path.dirname(path)!r}", 1)
    try:
        with io.open_code(path) as file:
            source = file.read()
    except OSError as error:
        return _refuse(f"can't open file {path!r}: [Errno {error.errno}] {error.strerror}", 2)
    _replace_search_path(os.path.dirname(os.path.realpath(path)))
    if path.endswith(".ipynb"):
        return _run_notebook(source, path)
    main = _main_module(__file__=path, __loader__=SourceFileLoader("__main__", path))
    return _execute(compile_program(source, path), main)


def _run_notebook(source: bytes, path: str) -> int:
    """Run the cells of a notebook, in a module without a file, as in Jupyter."""
    from perdure.cli import notebooks

    sys.modules["__main__"] = main = _main_module()
    try:
        notebooks.run_cells(notebooks.read_notebook(source, path), vars(main))
    except notebooks.NotANotebookError as error:
        return _refuse(str(error), 1)
    return 0


def run_module(name: str, arguments: Sequence[str]) -> int:
    """Run a module as the main program; return the exit status.

    Args:
        name: the module, or a package that has a module `__main__`.
        arguments: the program's own arguments.
    """
    sys.argv = ["-m", *arguments]
    _replace_search_path(os.getcwd())
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(f"{name}.__main__")
    except ModuleNotFoundError as error:
        return _refuse(f"Error while finding module specification for {name!r} ({error})", 1)
    if spec is None:
        return _refuse(f"No module named {name}", 1)
    code = _code_of(spec)
    if code is None:
        return _refuse(f"No code object available for {spec.name}", 1)
    sys.argv[0] = spec.origin or spec.name
    main = _main_module(
        __file__=spec.origin,
        __cached__=spec.cached,
        __loader__=spec.loader,
        __package__=spec.parent,
        __spec__=spec,
    )
    return _execute(code, main)


def _code_of(spec: ModuleSpec) -> CodeType | None:
    get_code = getattr(spec.loader, "get_code", None)
    return get_code(spec.name) if get_code is not None else None


def _replace_search_path(directory: str) -> None:
    """Put the program's directory where Python has put that of perdure's own command."""
    if not sys.flags.safe_path:  # with `python -P` there is none
        sys.path[0] = directory


def _main_module(**attributes: Any) -> ModuleType:
    main = ModuleType("__main__")
    vars(main).update({"__builtins__": __builtins__, "__cached__": None, **attributes})
    return main


def _execute(code: CodeType, main: ModuleType) -> int:
    sys.modules["__main__"] = main
    exec(code, vars(main))
    return 0


def _refuse(message: str, status: int) -> int:
    print(f"perdure: {message}", file=sys.stderr)
    return status
