"""Client programs that write files: each has an empty folder, which its results call F."""

import os
import shutil
import tempfile


def in_folder(programs):
    """A decorator of programs `function(tf, folder)` that adds them to a list.

    They are run in the folder's parent, so that the folder is `folder` and its name without that is `run`.
    """

    def program(function):
        def run(tf):
            folder = os.path.join(os.path.realpath(tempfile.mkdtemp()), "run")
            os.mkdir(folder)
            before = os.getcwd()
            os.chdir(os.path.dirname(folder))
            try:
                return _named(function(tf, folder), folder)
            finally:
                os.chdir(before)
                shutil.rmtree(os.path.dirname(folder))

        run.__name__ = function.__name__
        run.__wrapped__ = function
        programs.append(run)
        return function

    return program


def _named(value, folder):
    if isinstance(value, (list, tuple)):
        return [_named(item, folder) for item in value]
    if isinstance(value, dict):
        return {_named(key, folder): _named(item, folder) for key, item in value.items()}
    if isinstance(value, bytes):
        return value.replace(folder.encode(), b"F")
    return value.replace(folder, "F") if isinstance(value, str) else value


def tried(function):
    """What a function returns, or its error as text."""
    try:
        return function()
    except Exception as error:
        message = getattr(error, "message", None) or str(error)
        return "%s: %s" % (type(error).__name__, message.split("\n")[0])


def read(*parts):
    """The bytes of a file."""
    with open(os.path.join(*parts), "rb") as file:
        return file.read()


def files(folder):
    """The names of all files in a folder, with those of the folders in it."""
    return sorted(
        os.path.relpath(os.path.join(where, name), folder)
        for where, _, names in os.walk(folder)
        for name in names
    )


def touch(*parts):
    """Make an empty file."""
    with open(os.path.join(*parts), "w"):
        pass
