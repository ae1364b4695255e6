"""tf.flags: command line flags, by absl."""

from typing import Any

from perdure.platform import flags


def __getattr__(name: str) -> Any:
    try:
        value = getattr(flags, name)
    except AttributeError:
        from perdure.tf._missing import as_asked, missing_name

        raise as_asked(name, missing_name("flags", name)) from None
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return dir(flags)
