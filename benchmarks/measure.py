"""Measurements in fresh processes, one peer after the other, round after round."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.compare import difference

ROOT = Path(__file__).resolve().parent.parent
# What a worker may take; the slowest cases need minutes on a small machine.
_TIMEOUT = 900


class WorkerFailed(Exception):
    """A worker ended with an error; the message is the end of what it wrote."""


def call_worker(
    interpreter: str, peer: str, name: str, cache: Path, check: bool = False, house: Path = ROOT
) -> dict[str, Any]:
    """Measure a case once in a fresh process.

    Args:
        interpreter: the Python of the peer.
        peer: its name, as `adapter.choose` takes it.
        name: the name of the case, or "versions".
        cache: the folder in which perdure and JAX keep compiled programs.
        check: whether only the numbers it computes are wanted.
        house: the checkout whose perdure is measured.

    Returns:
        What the worker printed, with `seconds`, the time the whole process took.

    Raises:
        WorkerFailed: it ended with an error, or took too long.
    """
    path = os.pathsep.join([str(house / "src"), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}
    environment["XDG_CACHE_HOME"] = str(cache)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has its bytecode
    start = time.perf_counter()
    try:
        done = subprocess.run(
            [interpreter, "-m", "benchmarks.worker", peer, name, *(["check"] if check else [])],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=_TIMEOUT,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise WorkerFailed(f"took more than {_TIMEOUT} s") from error
    seconds = time.perf_counter() - start
    if done.returncode:
        raise WorkerFailed("\n".join(done.stderr.strip().splitlines()[-3:]) or f"status {done.returncode}")
    return {**json.loads(done.stdout.strip().splitlines()[-1]), "seconds": seconds}


def measure(
    case: Mapping[str, Any],
    interpreters: Mapping[str, str],
    rounds: int,
    cache: Path,
    say: Callable[[str], None],
    check: bool = False,
    before: Path | None = None,
) -> dict[str, Any]:
    """Measure a case under every peer that there is.

    A peer that fails, or computes other numbers than the reference (TensorFlow 1.15 where there is one, else
    the first peer with numbers), is reported and not timed.

    Args:
        case: a row of the table.
        interpreters: from peer to its Python.
        rounds: how often each peer is measured; the best counts.
        cache: a folder for compiled programs, for the cases that share one.
        say: told what went wrong.
        check: whether numbers are only compared, not timed.
        before: the checkout of another state of perdure, the peer "before".

    Returns:
        For the report: `values` (the best) and `all` by peer, and `problems` by peer.
    """
    peers = [peer for peer in (*case["peers"], "before") if peer in interpreters]
    if "before" in peers and "perdure" not in peers:
        peers.remove("before")
    houses = {"before": before or ROOT}
    values: dict[str, list[float]] = {}
    problems: dict[str, str] = {}
    checked: dict[str, Any] = {}
    if case["cache"] == "warm" and not check and "perdure" in peers:
        for peer in peers:
            if peer in ("perdure", "before"):
                house = houses.get(peer, ROOT)
                call_worker(interpreters[peer], peer, case["name"], cache, house=house)
    for turn in range(1 if check or case["kind"] == "growth" else rounds):
        for peer in peers:
            if peer in problems:
                continue
            try:
                with tempfile.TemporaryDirectory() as empty:
                    folder = Path(empty) if case["cache"] == "cold" else cache
                    house = houses.get(peer, ROOT)
                    result = call_worker(interpreters[peer], peer, case["name"], folder, check, house)
            except WorkerFailed as failure:
                problems[peer] = f"failed: {failure}"
                continue
            checked.setdefault(peer, result["checked"])
            if not check:
                seconds = result["seconds"] if case["kind"] == "process" else None
                values.setdefault(peer, []).append(result["value"] if seconds is None else seconds * 1e6)
        if not turn:
            problems.update(_mismatches(case, checked, peers))
            for peer, problem in problems.items():
                say(f"  {peer}: {problem}")
                values.pop(peer, None)
    best = {peer: min(measured) for peer, measured in values.items()}
    return {"name": case["name"], "values": best, "all": values, "problems": problems}


def _mismatches(case: Mapping[str, Any], checked: Mapping[str, Any], peers: Sequence[str]) -> dict[str, str]:
    compared = [peer for peer in peers if peer in checked and peer not in case["unchecked"]]
    reference = next((peer for peer in ("tf-1.15", "tf-2") if peer in compared), None)
    found = {}
    for peer in compared:
        if reference is not None and peer != reference:
            problem = difference(checked[peer], checked[reference], case["tolerance"])
            if problem:
                found[peer] = f"computed something else than {reference}: {problem}"
    return found
