"""tf.contrib.learn.datasets.base: files that are downloaded; what it reads is in tests/oracle/client."""

import tarfile
import urllib.error

import numpy as np
import pytest

from perdure.contrib.learn.datasets import base, load_dataset, text_datasets


@pytest.fixture
def network(monkeypatch, tmp_path):
    """What addresses lead to, instead of a network."""
    files = {}

    def urlretrieve(url, filename=None):
        if url not in files:
            raise urllib.error.URLError("no network")
        return files[url], None

    monkeypatch.setattr(base.urllib.request, "urlretrieve", urlretrieve)
    return files


def test_a_file_is_downloaded_once(network, tmp_path, capsys):
    """Into a folder that is made; the second time it is there."""
    source = tmp_path / "source"
    source.write_text("abc")
    network["http://a/b"] = str(source)
    folder = tmp_path / "new" / "folder"
    path = base.maybe_download("b", str(folder), "http://a/b")
    assert (folder / "b").read_text() == "abc"
    assert path == str(folder / "b")
    assert capsys.readouterr().out == "Successfully downloaded b 3 bytes.\n"
    source.write_text("other")
    base.maybe_download("b", str(folder), "http://a/b")
    assert (folder / "b").read_text() == "abc"


def test_what_cannot_be_downloaded_is_named(network, tmp_path):
    """With its address, and where to put it."""
    with pytest.raises(OSError, match=r"http://a/b cannot be downloaded .*no network.* put it at .*folder/b"):
        base.maybe_download("b", str(tmp_path / "folder"), "http://a/b")


def test_articles_are_unpacked(network, tmp_path, monkeypatch):
    """Every thousandth of DBpedia's articles, out of its archive."""
    folder = tmp_path / "dbpedia_csv"
    folder.mkdir()
    for name in ("train", "test"):
        rows = [f'{row % 14},"Title {row}","Text of {row}"\n' for row in range(2001)]
        (folder / f"{name}.csv").write_text("".join(rows))
    with tarfile.open(tmp_path / "all.tar.gz", "w:gz") as archive:
        archive.add(folder, "dbpedia_csv")
    network[text_datasets.DBPEDIA_URL] = str(tmp_path / "all.tar.gz")
    monkeypatch.setenv("TF_EXP_BASE_DIR", str(tmp_path / "base"))
    found = load_dataset("dbpedia")
    np.testing.assert_array_equal(found.train.target, [0, 1000 % 14, 2000 % 14])
    assert found.test.data.tolist()[1] == ["Title 1000", "Text of 1000"]
    assert found.validation is None


def test_articles_of_tensorflows_own_tests_are_refused():
    """They are not there, and the error says so."""
    with pytest.raises(NotImplementedError, match="test_with_fake_data"):
        load_dataset("dbpedia", test_with_fake_data=True)
