"""DBpedia: articles of Wikipedia in 14 classes, from files that are downloaded."""

from __future__ import annotations

import os
import tarfile

import numpy as np

from perdure.contrib.learn.datasets import base
from perdure.filesystem import functions as files

DBPEDIA_URL = "https://github.com/le-scientifique/torchDatasets/raw/master/dbpedia_csv.tar.gz"


def maybe_download_dbpedia(data_dir: str) -> None:
    """Download and unpack the files if they are not there.

    Args:
        data_dir: the folder that is to have `dbpedia_csv/train.csv` and `dbpedia_csv/test.csv`.
    """
    paths = [os.path.join(data_dir, "dbpedia_csv", name) for name in ("train.csv", "test.csv")]
    if not all(files.file_exists(path) for path in paths):
        archive = base.maybe_download("dbpedia_csv.tar.gz", data_dir, DBPEDIA_URL)
        with tarfile.open(archive, "r:*") as unpacked:
            unpacked.extractall(data_dir, filter="data")


def load_dbpedia(size: str | None = "small", test_with_fake_data: bool = False) -> base.Datasets:
    """The articles: class numbers, titles and texts.

    Args:
        size: "small" for every thousandth.
        test_with_fake_data: not supported: TensorFlow's small files for its own tests.

    Raises:
        NotImplementedError: `test_with_fake_data`.
        OSError: the files are not there and cannot be downloaded.
    """
    if test_with_fake_data:
        raise NotImplementedError(
            "test_with_fake_data: the articles of TensorFlow's own tests are not supported by perdure"
        )
    data_dir = os.path.join(os.getenv("TF_EXP_BASE_DIR", ""), "dbpedia_data")
    maybe_download_dbpedia(data_dir)
    parts = []
    for name in ("train", "test"):
        path = os.path.join(data_dir, "dbpedia_csv", f"{name}.csv")
        if size == "small":
            base.shrink_csv(path, 1000)
            path = path.replace(f"{name}.csv", f"{name}_small.csv")
        parts.append(base.load_csv_without_header(path, np.int32, str, target_column=0))
    return base.Datasets(parts[0], None, parts[1])
