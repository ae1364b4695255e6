"""`perdure doctor`: what perdure runs on here, and what is missing."""

import platform
import sys
from importlib import metadata
from importlib.util import find_spec

import perdure

_REQUIRED = ("numpy", "jax", "jaxlib", "ml_dtypes", "protobuf", "absl-py", "google-crc32c")


def examine(devices: bool) -> int:
    """Print versions and findings; return 1 if something perdure needs is missing, else 0.

    Args:
        devices: whether to list the devices that a session can use.
    """
    rows = [
        ("perdure", perdure.__version__),
        ("Python", f"{platform.python_version()} ({sys.executable})"),
        ("system", f"{platform.system()} {platform.machine()}"),
        *((package, _version(package) or "MISSING") for package in _REQUIRED),
    ]
    healthy = all(version != "MISSING" for _, version in rows)
    tensorflow = find_spec("tensorflow")
    if tensorflow is not None:
        rows.append(
            ("note", f"TensorFlow is installed ({tensorflow.origin}); under `perdure run` "
             "`import tensorflow` finds perdure all the same")
        )  # fmt: skip
    if devices:
        from perdure.runtime.planning.place import Placer

        rows.extend(("device", name) for name in Placer().devices)
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"{name:<{width}}  {value}")
    return 0 if healthy else 1


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def cached_programs(clear: bool) -> int:
    """Print what is in the cache of compiled programs; return the exit status.

    Args:
        clear: whether to delete them.
    """
    from perdure.runtime.xla import program_cache

    where = program_cache.folder()
    if where is None:
        print("no folder for compiled programs: the user has no home folder that is known")
        return 0
    found = program_cache.contents()
    size = sum(size for _, size in found) / 1e6
    print(f"{where}: {len(found)} compiled programs, {size:.1f} MB")
    if clear:
        print(f"{program_cache.clear()} deleted")
    return 0
