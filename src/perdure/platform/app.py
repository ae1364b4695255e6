"""tf.app.run: parse the flags and run `main`."""

import sys
from collections.abc import Callable
from typing import Any, NoReturn

from absl import app

from perdure.platform import logging
from perdure.platform.flags import FLAGS


def _parse_known_flags(argv: list[str] | None) -> list[str]:
    """Parse the flags that were defined; the others stay in the list, as TensorFlow has it."""
    return FLAGS(sys.argv if argv is None else argv, known_only=True)


def run(main: Callable[[list[str]], Any] | None = None, argv: list[str] | None = None) -> NoReturn:
    """Parse the command line and exit the process with the result of `main(remaining arguments)`.

    Args:
        main: the program; by default the function `main` of the module `__main__`.
        argv: the command line with the program's name first; by default `sys.argv`.

    Raises:
        SystemExit: always.
    """
    # absl configures the root logger now.  TensorFlow's logger has had its own handler by then, so
    # that lines appear as `INFO:tensorflow:...` and in absl's form, too.
    logging.get_logger()
    main = main or sys.modules["__main__"].main
    app.run(main=main, argv=argv, flags_parser=_parse_known_flags)
