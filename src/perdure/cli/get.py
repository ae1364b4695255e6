"""`perdure get`: installs a package of TensorFlow 1's time without TensorFlow, by pip."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import metadata

from perdure.cli.then.packages import TENSORFLOW, known, plain_name

Pip = Callable[[Sequence[str]], int]

# What perdure itself has brought.
_HERE = frozenset({"numpy", "protobuf"})


def get(requirements: Sequence[str], target: str | None = None, pip: Pip | None = None) -> int:
    """Install packages that require TensorFlow, and what else they require, without it.

    A package that perdure knows is installed in the version that was tried, unless the requirement says one.
    Of one that it does not know, the newest of everything it requires is installed.

    Args:
        requirements: names of packages, or requirements as pip takes them.
        target: the folder to install into, by default where pip installs.
        pip: runs pip with some arguments and returns its exit status.

    Returns:
        The exit status, that of pip where it fails.
    """
    run = _pip if pip is None else pip
    into = [] if target is None else ["--target", target]
    if target is not None and not os.path.isdir(target):
        os.makedirs(target)
    waiting, seen, others = list(requirements), set[str](), dict[str, str]()
    while waiting:
        requirement = waiting.pop(0)
        name = plain_name(requirement)
        if name in seen:
            continue
        if name in TENSORFLOW:
            print(f"perdure: {name} is left out: perdure stands for it", file=sys.stderr)
            continue
        seen.add(name)
        package = known(name)
        chosen = (
            package.requirement
            if package is not None and plain_name(requirement) == requirement
            else requirement
        )
        status = run(["install", "--no-deps", *into, chosen])
        if status:
            return status
        needs = package.needs.split() if package is not None else _requirements(name, target)
        for need in needs:
            if known(need) is not None:
                waiting.append(known(need).name)  # type: ignore[union-attr]
            else:
                others.setdefault(plain_name(need), need)
    others = {
        name: need for name, need in others.items() if name not in seen | TENSORFLOW | {"numpy", "protobuf"}
    }
    return run(["install", *into, *others.values()]) if others else 0


def _requirements(name: str, target: str | None) -> list[str]:
    """The names of what an installed package requires, without the versions of its time."""
    path = [target] if target is not None else sys.path
    found = next(iter(metadata.distributions(name=name, path=path)), None)
    requires = (found.requires or []) if found is not None else []
    return [plain_name(line) for line in requires if "extra ==" not in line]


def _pip(arguments: Sequence[str]) -> int:
    return subprocess.run([sys.executable, "-m", "pip", *arguments]).returncode
