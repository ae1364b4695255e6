"""`perdure tensorboard`: what it hands on, and what it says where TensorBoard is missing."""

import sys

import pytest

from perdure.cli import main, tensorboard


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """A TensorBoard that shows its arguments, and ends as the last of them says."""
    package = tmp_path / "packages" / "tensorboard"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "main.py").write_text(
        "import sys\nprint(__name__, sys.argv[1:])\nif sys.argv[-1] == 'fail':\n    sys.exit('no port')\n"
        "if sys.argv[-1] == '3':\n    sys.exit(3)\n"
    )
    monkeypatch.syspath_prepend(str(package.parent))
    yield
    for name in ("tensorboard", "tensorboard.main"):
        sys.modules.pop(name, None)


def test_arguments_are_handed_on(fake, tmp_path, capsys):
    """The folder as an option, the others as they are; afterwards the process has its own again."""
    before = list(sys.argv)
    assert main(["tensorboard", str(tmp_path), "--port", "7007"]) == 0
    shown = capsys.readouterr()
    assert shown.out == f"__main__ {['--logdir', str(tmp_path), '--port', '7007']}\n" and not shown.err
    assert sys.argv == before


@pytest.mark.parametrize(("end", "status", "said"), [("fail", 1, "no port\n"), ("3", 3, "")])
def test_its_exit_status(fake, end, status, said, tmp_path, capsys):
    """That of TensorBoard."""
    assert main(["tensorboard", str(tmp_path), end]) == status
    assert capsys.readouterr().err == said


def test_a_folder_that_is_not_there_yet(fake, tmp_path, capsys):
    """TensorBoard waits for it."""
    assert main(["tensorboard", str(tmp_path / "logs")]) == 0
    assert "there is no folder" in capsys.readouterr().err
    assert main(["tensorboard", "gs://bucket/logs"]) == 0
    assert capsys.readouterr().err == ""


def test_where_it_is_missing(monkeypatch, capsys):
    """How to install it."""
    monkeypatch.setattr(tensorboard, "find_spec", lambda name: None)
    assert main(["tensorboard", "logs"]) == 1
    assert 'pip install "perdure[tensorboard]"' in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--port", "7007"]])
def test_without_a_folder(arguments, capsys):
    """A mistake."""
    assert main(["tensorboard", *arguments]) == 2
    assert "tensorboard needs the folder of the event files" in capsys.readouterr().err
