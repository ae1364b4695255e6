import pytest

from perdure.graph.graph import Graph


@pytest.fixture(autouse=True)
def graph():
    """Each test has a graph of its own."""
    with Graph().as_default() as graph:
        yield graph
