"""Parametrises the tests of `OpFamilyTests` by the cases of their family.

A test asks for one of the fixtures in `tests.ops.helpers.SELECTIONS` and is run once for each case that
the selection takes.
"""

from tests.ops.helpers import SELECTIONS, family_cases


def pytest_generate_tests(metafunc):
    family = getattr(metafunc.cls, "family", None)
    for fixture, wanted in SELECTIONS.items():
        if fixture in metafunc.fixturenames:
            chosen = [case for case in family_cases(family) if wanted(case)]
            metafunc.parametrize(fixture, chosen, ids=[case.key for case in chosen])
