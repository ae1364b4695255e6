"""Whether a file may be replaced."""

from __future__ import annotations

import os


def ask_to_proceed_with_overwrite(filepath: str) -> bool:
    """Ask on the terminal whether a file may be replaced."""
    answer = input(f"[WARNING] {filepath} already exists - overwrite? [y/n]").strip().lower()
    while answer not in ("y", "n"):
        answer = input('Enter "y" (overwrite) or "n" (cancel).').strip().lower()
    if answer == "n":
        return False
    print("[TIP] Next time specify overwrite=True!")
    return True


def may_write(path: str, overwrite: bool) -> bool:
    """Whether a file may be written: there is none, or it may be replaced."""
    return overwrite or not os.path.isfile(path) or ask_to_proceed_with_overwrite(path)
