"""Recurrent networks give TensorFlow's outputs, states, gradients and variables."""

import pytest

from perdure import options
from tests.scenarios import check_scenario, scenario_names


@pytest.mark.parametrize("name", scenario_names("rnn"))
def test_scenario(name):
    """The numbers are TensorFlow's."""
    check_scenario("rnn", name, rtol=1e-4, atol=1e-5)


COMPILED = ["stack", "stack lengths", "dropout", "trained", "loop stack lengths", "loop both ways lengths"]
COMPILED += ["loop gru no steps", "raw decoder", "raw structures", "trained in loops"]
COMPILED += ["raw beside dynamic", "array as state"]


@pytest.mark.parametrize("name", COMPILED)
def test_scenario_compiled(name):
    """So are those of compiled programs."""
    with options(tier="compile"):
        check_scenario("rnn", name, rtol=1e-4, atol=1e-5)
