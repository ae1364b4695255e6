"""Predicates: equal ones are the same, and what follows from what."""

from itertools import product

import pytest

from perdure.runtime.planning.lifting.predicates import FALSE, TRUE, Predicates


def value(predicates, predicate, held):
    """Whether a predicate holds, where exactly the conditions `held` do."""
    for number, condition in enumerate(predicates.conditions):
        predicate = predicates.given(predicate, number, condition in held)
    assert predicate in (TRUE, FALSE)
    return predicate is TRUE


def test_equal_ones_are_the_same():
    """In whatever way they were made."""
    made = Predicates()
    a, b = made.of("a"), made.of("b")
    assert made.both(a, b) is made.both(b, a)
    assert made.either(a, made.opposite(a)) is TRUE
    assert made.both(a, made.opposite(a)) is FALSE
    assert made.opposite(made.both(a, b)) is made.either(made.opposite(b), made.opposite(a))
    assert made.either(made.both(a, b), made.both(a, made.opposite(b))) is a


@pytest.mark.parametrize("held", ["".join(names) for names in product(("", "a"), ("", "b"), ("", "c"))])
def test_values(held):
    """They hold when they should."""
    made = Predicates()
    a, b, c = (made.of(name) for name in "abc")
    p = made.either(made.both(a, made.opposite(b)), made.both(b, c))
    assert value(made, p, held) == (("a" in held and "b" not in held) or ("b" in held and "c" in held))
    assert value(made, made.exchanged(p, 0, made.both(b, c)), held) == ("b" in held and "c" in held)


def test_what_follows():
    """Both ways, and which conditions decide."""
    made = Predicates()
    a, b = made.of("a"), made.of("b")
    assert made.implies(made.both(a, b), a)
    assert not made.implies(a, made.both(a, b))
    assert made.asked(made.either(a, b)) == {0, 1}
    assert made.asked(made.either(b, made.opposite(b))) == set()
    assert made.number_of("b") == 1
    assert made.number_of("c") is None
