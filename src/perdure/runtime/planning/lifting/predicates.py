"""Predicates: when something runs, as a decision diagram over the values of conditions.

A diagram is ordered and shared: equal predicates are the same object, so that what follows from what is
found out by walking, and remembered (R. E. Bryant, Graph-Based Algorithms for Boolean Function Manipulation).
"""

from __future__ import annotations

from typing import Any


class Predicate:
    """A predicate; made by `Predicates`.

    Attributes:
        number: the number of the condition it asks first; a large one for true and false.
        if_false, if_true: what it is then.
    """

    __slots__ = ("number", "if_false", "if_true")

    def __init__(self, number: int, if_false: Any, if_true: Any) -> None:
        self.number = number
        self.if_false = if_false
        self.if_true = if_true


_LAST = 1 << 60
TRUE = Predicate(_LAST, None, None)
FALSE = Predicate(_LAST, None, None)


class Predicates:
    """Makes the predicates of a step.

    Attributes:
        conditions: the conditions, by number.
    """

    def __init__(self) -> None:
        self.conditions: list[Any] = []
        self._numbers: dict[Any, int] = {}
        self._made: dict[tuple[int, Predicate, Predicate], Predicate] = {}
        self._both: dict[tuple[Predicate, Predicate], Predicate] = {}
        self._opposite: dict[Predicate, Predicate] = {TRUE: FALSE, FALSE: TRUE}

    def of(self, condition: Any) -> Predicate:
        """That a condition holds."""
        number = self._numbers.get(condition)
        if number is None:
            number = self._numbers[condition] = len(self.conditions)
            self.conditions.append(condition)
        return self._make(number, FALSE, TRUE)

    def number_of(self, condition: Any) -> int | None:
        """The number of a condition, if there is a predicate with it."""
        return self._numbers.get(condition)

    def _make(self, number: int, if_false: Predicate, if_true: Predicate) -> Predicate:
        if if_false is if_true:
            return if_false
        key = number, if_false, if_true
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = Predicate(*key)
        return found

    def opposite(self, p: Predicate) -> Predicate:
        """That `p` does not hold."""
        found = self._opposite.get(p)
        if found is None:
            found = self._make(p.number, self.opposite(p.if_false), self.opposite(p.if_true))
            self._opposite[p], self._opposite[found] = found, p
        return found

    def both(self, p: Predicate, q: Predicate) -> Predicate:
        """That both hold."""
        if p is q or q is TRUE:
            return p
        if p is TRUE:
            return q
        if p is FALSE or q is FALSE:
            return FALSE
        if p.number > q.number:
            p, q = q, p
        found = self._both.get((p, q))
        if found is None:
            if p.number < q.number:
                found = self._make(p.number, self.both(p.if_false, q), self.both(p.if_true, q))
            else:
                found = self._make(
                    p.number, self.both(p.if_false, q.if_false), self.both(p.if_true, q.if_true)
                )
            self._both[p, q] = found
        return found

    def either(self, p: Predicate, q: Predicate) -> Predicate:
        """That one of them holds."""
        if p is FALSE:
            return q
        if q is FALSE or p is q:
            return p
        return self.opposite(self.both(self.opposite(p), self.opposite(q)))

    def implies(self, p: Predicate, q: Predicate) -> bool:
        """Whether `q` holds whenever `p` does."""
        return p is q or self.both(p, self.opposite(q)) is FALSE

    def given(self, p: Predicate, number: int, holds: bool) -> Predicate:
        """`p`, when it is known whether a condition holds."""
        if p.number > number:
            return p
        if p.number == number:
            return p.if_true if holds else p.if_false
        return self._make(
            p.number, self.given(p.if_false, number, holds), self.given(p.if_true, number, holds)
        )

    def asked(self, p: Predicate) -> set[int]:
        """The numbers of the conditions that decide over `p`."""
        found: set[int] = set()
        seen: set[Predicate] = set()
        waiting = [p]
        while waiting:
            p = waiting.pop()
            if p not in seen and p.number < _LAST:
                seen.add(p)
                found.add(p.number)
                waiting += [p.if_false, p.if_true]
        return found

    def exchanged(self, p: Predicate, number: int, q: Predicate) -> Predicate:
        """`p`, with the predicate `q` in the place of a condition."""
        if number not in self.asked(p):
            return p
        with_it, without = self.given(p, number, True), self.given(p, number, False)
        return self.either(self.both(q, with_it), self.both(self.opposite(q), without))
