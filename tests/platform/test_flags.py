"""tf.flags and tf.app."""

import sys
import types

import pytest

from perdure import tf
from perdure.platform import app, flags


@pytest.fixture
def own_flags(monkeypatch):
    """tf.flags.FLAGS over a set of flags of the test's own."""
    values = flags.absl_flags.FlagValues()
    monkeypatch.setattr(flags, "FLAGS", flags.SelfParsingFlags(values))
    monkeypatch.setattr(sys, "argv", ["program", "--steps=7", "rest"])
    return values


def test_a_flag_is_parsed_when_it_is_read(own_flags):
    """absl alone would raise UnparsedFlagAccessError."""
    tf.flags.DEFINE_integer("steps", 1, "how many", flag_values=own_flags)
    assert flags.FLAGS.steps == 7
    flags.FLAGS.steps = 8
    assert flags.FLAGS.steps == own_flags.steps == 8
    assert own_flags.is_parsed()


def test_methods_do_not_parse(own_flags):
    """Only reading a flag does."""
    tf.flags.DEFINE_string("name", "x", "text", flag_values=own_flags)
    assert flags.FLAGS.is_parsed() is False
    assert flags.FLAGS["name"].default == "x"
    assert "name" in flags.FLAGS and len(flags.FLAGS) == 1 and list(flags.FLAGS) == ["name"]
    assert "text" in str(flags.FLAGS) and "name" in dir(flags.FLAGS)
    assert not own_flags.is_parsed()


def test_flags_can_be_parsed_set_and_deleted(own_flags):
    """What programs and tests do with FLAGS."""
    tf.flags.DEFINE_bool("go", False, "go", flag_values=own_flags)
    assert flags.FLAGS(["program", "--go", "a"]) == ["program", "a"]
    assert flags.FLAGS.go is True
    flags.FLAGS["stop"] = own_flags["go"]
    del flags.FLAGS.stop
    with pytest.raises(AttributeError, match="stop"):
        _ = flags.FLAGS.stop


def test_old_keywords(own_flags, caplog):
    """Programs of TensorFlow 0.x say flag_name, default_value and docstring."""
    with caplog.at_level("WARNING", "tensorflow"):
        tf.flags.DEFINE_float(flag_name="rate", default_value=0.5, docstring="rate", flag_values=own_flags)
    assert own_flags["rate"].default == 0.5
    assert own_flags["rate"].help == "rate"
    assert "DEFINE_float: the keywords flag_name, default_value and docstring" in caplog.text


def test_a_flag_belongs_to_the_module_that_defines_it(own_flags):
    """--help lists the program's flags, so they must not be filed under perdure."""
    tf.flags.DEFINE_integer("mine", 1, "mine", flag_values=own_flags)
    assert own_flags.find_module_defining_flag("mine") == __name__


def test_the_rest_is_absl():
    """Every other name."""
    assert tf.flags.DEFINE_enum is flags.absl_flags.DEFINE_enum
    assert tf.app.flags.FlagValues is flags.absl_flags.FlagValues


@pytest.fixture
def absl_run(monkeypatch):
    """What tf.app.run asks of absl, whose own work is tested by tests/cli on a whole program."""
    calls = []
    monkeypatch.setattr(app.app, "run", lambda **options: calls.append(options))
    return calls


def test_app_run_leaves_unknown_flags_to_main(absl_run, monkeypatch):
    """absl alone would refuse them."""
    tf.app.run(main=print, argv=["program", "a"])
    (options,) = absl_run
    assert options["main"] is print and options["argv"] == ["program", "a"]
    arguments = ["program", "a", "--not_a_flag=1"]
    assert options["flags_parser"](arguments) == arguments
    monkeypatch.setattr(sys, "argv", arguments)
    assert options["flags_parser"](None) == arguments


def test_app_run_finds_main(absl_run, monkeypatch):
    """Without an argument it is `__main__.main`."""
    main = types.ModuleType("__main__")
    main.main = lambda argv: None
    monkeypatch.setitem(sys.modules, "__main__", main)
    tf.app.run()
    assert absl_run[0]["main"] is main.main
