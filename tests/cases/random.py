"""The random family's ops that draw nothing.  What the others draw is in tests/oracle/random_inputs.py."""

from tests.cases import Case
from tests.draws import uniform


def pair(dtype, *shapes):
    """Parameters of gamma distributions and what was drawn from them."""
    alpha, sample = shapes
    return [uniform(0.3, 5, alpha, dtype), uniform(0.2, 4, sample, dtype)]


CASES = [
    Case("RandomGammaGrad", pair("f4", (2, 3), (2, 3)), id="float32", rtol=1e-4, atol=1e-5, grad=False),
    Case("RandomGammaGrad", pair("f8", (2, 3), (2, 3)), id="float64", rtol=1e-6, atol=1e-8, grad=False),
    Case("RandomGammaGrad", pair("f8", (3,), (2, 3)), id="broadcast", rtol=1e-6, atol=1e-8, grad=False),
    Case("RandomGammaGrad", pair("f4", (0, 3), (3,)), id="empty", grad=False),
    Case("RandomGammaGrad", pair("f4", (2,), (3,)), id="shapes", error="ValueError"),
]
