"""get_file: files of data sets, kept in a folder of the user."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import zipfile
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlretrieve

from perdure.keras.utils.progress import Progbar


def _extract(path: str, folder: str, archive_format: Any = "auto") -> bool:
    """Unpack an archive, if a file is one of the formats."""
    if archive_format is None:
        return False
    formats = ("tar", "zip") if archive_format == "auto" else archive_format
    openers: dict[str, tuple[Any, Any]] = {
        "tar": (tarfile.open, tarfile.is_tarfile),
        "zip": (zipfile.ZipFile, zipfile.is_zipfile),
    }
    for name in [formats] if isinstance(formats, str) else formats:
        opened, fits = openers[name]
        if fits(path):
            with opened(path) as archive:
                try:
                    if isinstance(archive, tarfile.TarFile):
                        archive.extractall(folder, filter="data")
                    else:
                        archive.extractall(folder)
                except (tarfile.TarError, RuntimeError, KeyboardInterrupt):
                    if os.path.isfile(folder):
                        os.remove(folder)
                    elif os.path.exists(folder):
                        shutil.rmtree(folder)
                    raise
            return True
    return False


def validate_file(fpath: str, file_hash: str, algorithm: str = "auto", chunk_size: int = 65535) -> bool:
    """Whether a file has a hash.

    Args:
        fpath: the file.
        file_hash: the hash.
        algorithm: "sha256" or "md5"; "auto": by its length.
        chunk_size: how much is read at a time.
    """
    is_sha = algorithm == "sha256" or (algorithm == "auto" and len(file_hash) == 64)
    hasher = hashlib.sha256() if is_sha else hashlib.md5(usedforsecurity=False)
    with open(fpath, "rb") as file:
        while chunk := file.read(chunk_size):
            hasher.update(chunk)
    return hasher.hexdigest() == str(file_hash)


def _download(origin: str, path: str) -> None:
    """Fetch a file, with a progress bar."""
    print("Downloading data from", origin)
    bars: list[Progbar] = []

    def show(count: int, block_size: int, total_size: int) -> None:
        if not bars:
            bars.append(Progbar(None if total_size == -1 else total_size))
        else:
            bars[0].update(count * block_size)

    try:
        try:
            urlretrieve(origin, path, show)
        except HTTPError as error:
            raise Exception(f"URL fetch failure on {origin}: {error.code} -- {error.msg}") from error
        except URLError as error:
            raise Exception(f"URL fetch failure on {origin}: {error.errno} -- {error.reason}") from error
    except (Exception, KeyboardInterrupt):
        if os.path.exists(path):
            os.remove(path)
        raise


def get_file(
    fname: str,
    origin: str,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: Any = "auto",
    cache_dir: str | None = None,
) -> str:
    """The path of a file that is fetched once and kept.

    Args:
        fname: its name.
        origin: where it is fetched from, if it is not there.
        untar: whether it is a .tar.gz that is unpacked; the name is then that of the folder.
        md5_hash, file_hash: what tells whether the file is the right one.
        cache_subdir: the folder inside `cache_dir`.
        hash_algorithm: "md5" or "sha256"; "auto": by the length.
        extract: whether an archive is unpacked.
        archive_format: "tar", "zip", "auto", or a list.
        cache_dir: the folder; ~/.keras without.
    """
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, "md5"
    base = os.path.expanduser("~/.keras" if cache_dir is None else cache_dir)
    if not os.access(base, os.W_OK):
        base = os.path.join("/tmp", ".keras")
    folder = os.path.join(base, cache_subdir)
    os.makedirs(folder, exist_ok=True)
    unpacked = os.path.join(folder, fname)
    path = f"{unpacked}.tar.gz" if untar else unpacked
    is_there = os.path.exists(path)
    if is_there and file_hash is not None and not validate_file(path, file_hash, hash_algorithm):
        print(
            f"A local file was found, but it seems to be incomplete or outdated because the {hash_algorithm} "
            f"file hash does not match the original value of {file_hash} so we will re-download the data."
        )
        is_there = False
    if not is_there:
        _download(origin, path)
    if untar:
        if not os.path.exists(unpacked):
            _extract(path, folder, "tar")
        return unpacked
    if extract:
        _extract(path, folder, archive_format)
    return path
