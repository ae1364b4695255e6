"""What programs ask `distutils.util`: whether a text says yes."""

_YES, _NO = {"y", "yes", "t", "true", "on", "1"}, {"n", "no", "f", "false", "off", "0"}


def strtobool(val: str) -> int:
    """1 for a word that says yes, 0 for one that says no.

    Args:
        val: the word, in any case.

    Raises:
        ValueError: it says neither.
    """
    word = val.lower()
    if word not in _YES | _NO:
        raise ValueError(f"invalid truth value {word!r}")
    return int(word in _YES)
