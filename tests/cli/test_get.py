"""`perdure get`: what pip is told, here by a pip that installs nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from perdure.cli import main
from perdure.cli.get import get
from perdure.cli.then.packages import PACKAGES, TENSORFLOW, known, plain_name


class Pip:
    """Notes what it is told; fails at a requirement."""

    def __init__(self, fails_at=None):
        self.told = []
        self.fails_at = fails_at

    def __call__(self, arguments):
        self.told.append(" ".join(arguments))
        return 3 if self.fails_at in arguments else 0


def test_a_known_package_brings_what_it_needs():
    """In the versions that were tried, packages of its time without their own requirements."""
    pip = Pip()
    assert get(["trfl"], pip=pip) == 0
    assert pip.told == [
        "install --no-deps trfl==1.2.0",
        "install --no-deps tensorflow-probability==0.8.0",
        "install absl-py dm-tree six wrapt decorator cloudpickle gast",
    ]


def test_a_version_of_the_user_s(tmp_path):
    """It stays, and a folder is made and handed on."""
    pip, folder = Pip(), str(tmp_path / "packages")
    assert get(["tf_slim==1.0", "TF-Slim"], folder, pip) == 0
    assert pip.told == [
        f"install --no-deps --target {folder} tf_slim==1.0",
        f"install --target {folder} absl-py six",
    ]
    assert (tmp_path / "packages").is_dir()


def test_an_unknown_package(tmp_path):
    """Its requirements are read when it is there: TensorFlow is left out, versions of then are forgotten."""
    pip = Pip()

    def install(arguments):
        info = tmp_path / "deeppack-2.0.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(
            "Metadata-Version: 2.1\nName: deeppack\nVersion: 2.0\nRequires-Dist: tensorflow-gpu (<2,>=1.4)\n"
            "Requires-Dist: numpy (<1.16)\nRequires-Dist: Keras (==2.2.4)\nRequires-Dist: scipy<1.2,>=1\n"
            "Requires-Dist: sphinx ; extra == 'docs'\n"
        )
        return pip(arguments)

    assert get(["deeppack"], str(tmp_path), install) == 0
    assert pip.told[0] == f"install --no-deps --target {tmp_path} deeppack"
    assert f"install --no-deps --target {tmp_path} keras==2.3.1" in pip.told
    assert pip.told[-1].split()[3:] == ["scipy", "six", "pyyaml", "h5py", "pillow"]


def test_tensorflow_is_left_out(capsys):
    """Where it is asked for itself, too."""
    pip = Pip()
    assert get(["tensorflow==1.15.5"], pip=pip) == 0
    assert pip.told == [] and "tensorflow is left out" in capsys.readouterr().err


def test_pip_s_failure_is_the_end():
    """With its status; nothing else is installed."""
    pip = Pip("tf-slim==1.1.0")
    assert get(["tf-slim", "trfl"], pip=pip) == 3
    assert len(pip.told) == 1


def test_the_command(monkeypatch, tmp_path, capsys):
    """Runs the pip of this Python, and refuses what it does not know."""
    told = []

    def run(arguments):
        told.append(arguments)
        return subprocess.CompletedProcess(arguments, 0)

    monkeypatch.setattr(subprocess, "run", run)
    assert main(["get", "--target", str(tmp_path), "tf-slim"]) == 0
    assert told[0] == [
        sys.executable, "-m", "pip", "install", "--no-deps", "--target", str(tmp_path), "tf-slim==1.1.0"
    ]  # fmt: skip
    for wrong in (["get"], ["get", "--target"], ["get", "--upgrade", "six"]):
        assert main(wrong) == 2
    assert "get needs the names of packages" in capsys.readouterr().err


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_the_table(package):
    """Names are as PyPI compares them, modules can be names, and nothing needs TensorFlow."""
    assert plain_name(package.name) == package.name and known(f"{package.name}>=1") is package
    assert all(module.isidentifier() for module in package.modules.split())
    assert not {plain_name(need) for need in package.needs.split()} & TENSORFLOW


def test_the_page_names_what_was_tried():
    """docs/packages.md has packages of the table, in their versions."""
    page = (Path(__file__).parents[2] / "docs/packages.md").read_text()
    rows = [line.split("|")[1:3] for line in page.splitlines() if line.startswith("| ") and "---" not in line]
    tried = {name.strip(): version.strip() for name, version in rows[1:]}
    assert len(tried) > 15
    assert tried == {name: known(name).version for name in tried}
