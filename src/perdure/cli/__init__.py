"""The command line: `perdure run | get | explain | inspect | freeze | tensorboard | doctor`.

Arguments are read by hand, because all that follows a script's name belongs to the script.
"""

import sys
from collections.abc import Sequence

HELP = """\
usage: perdure run [OPTIONS] SCRIPT [ARGUMENTS]
       perdure run [OPTIONS] -m MODULE [ARGUMENTS]
       perdure get [--target FOLDER] PACKAGE [PACKAGE ...]
       perdure explain [OPTIONS] SCRIPT [ARGUMENTS]
       perdure inspect [--values] [--json] [--html FILE] PATH
       perdure freeze [--graph FILE] [--tags TAGS] -o FILE MODEL NODE [NODE ...]
       perdure tensorboard LOGDIR [OPTIONS OF TENSORBOARD]
       perdure doctor [--devices] [--cache] [--clear-cache]
       perdure --version | --help

perdure runs TensorFlow 1 programs without TensorFlow.

run       run a Python program that says `import tensorflow`, as `python SCRIPT` would;
          SCRIPT may be a notebook (.ipynb), whose cells of code are run in order, a directory that
          holds a __main__.py, or - for standard input
          -m MODULE           run a module, as `python -m MODULE` would
          --full-traceback    show perdure's own frames too when the program fails
          --tier TIER         interpret: compute everything with NumPy; compile: compile with XLA
                              at once what can be; auto (the default): compile what has earned it
          --own PACKAGE       read an installed package as it was meant in TensorFlow 1's time, too,
                              like the program's own files (see docs/running.md)
          --trace FILE.html   draw what each step did, and when, on a page to open in a browser
          --trace FILE.json   write the same for https://ui.perfetto.dev
          --leaks             list at the end the sessions that were never closed
get       install packages that require TensorFlow, such as tf-slim or dm-sonnet, by pip and without it:
          the versions that were tried, and what else these need (see docs/packages.md)
          --target FOLDER     install into this folder, which PYTHONPATH is to name
explain   run a program like `run`, and say at its end how its sessions' steps were cut, which tier
          each part ran in, and why
inspect   show what is in a checkpoint, a graph, a SavedModel, an event file or a file of records;
          nothing of it is run
          --values            read the values, too: statistics of tensors, all scalars, all nodes
          --json              print JSON
          --html FILE         write a page, with the graph drawn
freeze    write the part of a model that some nodes need, with its variables as constants, to a file;
          MODEL is a SavedModel, the prefix of a checkpoint that has a meta graph, or a folder of such
          -o FILE             the GraphDef to write
          --graph FILE        the GraphDef of a checkpoint that has no meta graph
          --tags TAGS         the tags of the graph in a SavedModel (serve), with commas between them
tensorboard
          show what tf.summary has written, in TensorBoard itself
doctor    show what perdure runs on, and what is missing
          --devices           list the devices that a session can use as well
          --cache             show the compiled programs that are kept on disk
          --clear-cache       delete them
"""


class UsageError(Exception):
    """The command line makes no sense; its text says why."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status; what a program raises is let through.

    Args:
        argv: the arguments after the program's name; by default those of this process.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _command(arguments)
    except UsageError as error:
        print(f"perdure: {error}\nTry `perdure --help`.", file=sys.stderr)
        return 2


def _command(arguments: list[str]) -> int:
    match arguments:
        case ["run", *rest]:
            return _run(rest)
        case ["get", *rest]:
            return _get(rest)
        case ["explain", *rest]:
            from perdure.cli.explain import explain_at_exit

            explain_at_exit()
            return _run(rest)
        case ["inspect", *rest]:
            return _inspect(rest)
        case ["freeze", *rest]:
            return _freeze(rest)
        case ["tensorboard", *rest]:
            if not rest or rest[0].startswith("-"):
                raise UsageError("tensorboard needs the folder of the event files before its options")
            from perdure.cli.tensorboard import show

            return show(rest[0], rest[1:])
        case ["doctor", *rest]:
            known = {"--devices", "--cache", "--clear-cache"}
            unknown = [argument for argument in rest if argument not in known]
            if unknown:
                raise UsageError(f"doctor does not know {unknown[0]!r}")
            from perdure.cli.doctor import cached_programs, examine

            if "--cache" in rest or "--clear-cache" in rest:
                return cached_programs(clear="--clear-cache" in rest)
            return examine(devices="--devices" in rest)
        case ["--version" | "-V"]:
            from perdure import __version__

            print(f"perdure {__version__}")
            return 0
        case ["--help" | "-h" | "help"]:
            print(HELP, end="")
            return 0
        case []:
            print(HELP, end="", file=sys.stderr)
            return 2
        case [other, *_]:
            raise UsageError(f"there is no command {other!r}")
    raise AssertionError("every list of arguments matches a case")


def _run(arguments: list[str]) -> int:
    from perdure.cli import run

    for_children: list[str] = []
    while arguments:
        match arguments:
            case ["--full-traceback", *arguments]:
                for_children += ["--full-traceback"]
            case ["--tier", tier, *arguments]:
                _set_tier(tier)
                for_children += ["--tier", tier]
            case ["--own", package, *arguments]:
                for_children += ["--own", package]
            case ["--trace", path, *arguments] if path.endswith((".html", ".json")):
                _trace_to(path)
            case ["--trace", *rest]:
                name = repr(rest[0]) if rest else "nothing"
                raise UsageError(f"run --trace needs a file name that ends with .html or .json, not {name}")
            case ["--leaks", *arguments]:
                from perdure.session.live import report_leaks_at_exit

                report_leaks_at_exit()
            case _:
                break
    match arguments:
        case ["--help" | "-h"]:
            print(HELP, end="")
            return 0
        case ["-m", module, *rest]:
            run.prepare(for_children)
            return run.run_module(module, rest)
        case ["-m"]:
            raise UsageError("run -m needs the name of a module")
        case [option, *_] if option.startswith("-") and option != "-":
            raise UsageError(f"run does not know the option {option!r}")
        case [script, *rest]:
            run.prepare(for_children)
            return run.run_script(script, rest)
        case _:
            raise UsageError("run needs a script, or -m and a module")
    raise AssertionError("every list of arguments matches a case")


def _get(arguments: list[str]) -> int:
    from perdure.cli.get import get

    target: str | None = None
    match arguments:
        case ["--target", folder, *arguments] if not folder.startswith("-"):
            target = folder
    if not arguments:
        raise UsageError("get needs the names of packages")
    for argument in arguments:
        if argument.startswith("-"):
            raise UsageError(f"get does not know the option {argument!r}, or it lacks a folder")
    return get(arguments, target)


def _inspect(arguments: list[str]) -> int:
    from perdure.cli.inspect import inspect

    values = json = False
    html: str | None = None
    while True:
        match arguments:
            case ["--values", *arguments]:
                values = True
            case ["--json", *arguments]:
                json = True
            case ["--html", file, *rest] if not file.startswith("-"):
                html, arguments = file, rest
            case [option, *_] if option.startswith("-"):
                raise UsageError(f"inspect does not know the option {option!r}, or it lacks a file name")
            case [path]:
                return inspect(path, values, json, html)
            case _:
                raise UsageError("inspect needs one path")


def _freeze(arguments: list[str]) -> int:
    from perdure.cli.freeze import freeze

    options: dict[str, str] = {}
    while arguments and arguments[0].startswith("-"):
        match arguments:
            case [("-o" | "--graph" | "--tags") as option, value, *arguments]:
                options[option] = value
            case [option, *_]:
                raise UsageError(f"freeze does not know the option {option!r}, or it lacks its value")
    if "-o" not in options:
        raise UsageError("freeze needs -o and the file to write")
    if not arguments:
        raise UsageError("freeze needs a model, and the names of nodes")
    model, *nodes = arguments
    return freeze(model, nodes, options["-o"], options.get("--graph"), options.get("--tags", "serve"))


def prepare_child(options: list[str]) -> None:
    """Make this process, which a program under `perdure run` has started, a part of it.

    Args:
        options: those that `perdure run` handed on.
    """
    from perdure.cli import run

    if "--tier" in options:
        _set_tier(options[options.index("--tier") + 1])
    run.prepare(options)


def _trace_to(path: str) -> None:
    from perdure.cli.tracing import trace_to

    try:
        trace_to(path)
    except OSError as error:
        raise UsageError(f"cannot write the trace: {error}") from error


def _set_tier(tier: str) -> None:
    from perdure.runtime.options import set_process_options

    try:
        set_process_options(tier=tier)
    except ValueError as error:
        raise UsageError(str(error)) from error
