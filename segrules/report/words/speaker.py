"""What sentences about an expression need to know: whose row it is about, and how its parts are said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from segrules.language.core import Expression


@dataclass(frozen=True, slots=True)
class Speaker:
    """entity: its name; row: the label of the rows that tests are about, the entity's own or a relation's.

    element: the label of the list's elements that tests are about. known: what is said to be known beside a test, so
    that nothing is missing there. value_of and test_of say any part: a value as a noun, a test as a sentence without
    its subject, or (True) that it does not hold.
    """

    entity: str
    row: str
    value_of: Callable[[Expression, Speaker], str]
    test_of: Callable[[Expression, Speaker, bool], str]
    known: frozenset[Expression] = frozenset()
    element: str = ""

    @property
    def is_own(self) -> bool:
        """Whether tests are about the entity itself."""
        return self.row == self.entity

    def value(self, node: Expression) -> str:
        return self.value_of(node, self)

    def test(self, node: Expression, is_denied: bool = False) -> str:
        return self.test_of(node, self, is_denied)

    def at(self, row: str) -> Speaker:
        """The same about the rows of a relation."""
        return replace(self, row=row, known=frozenset())

    def of_element(self, label: str) -> Speaker:
        """The same about the elements of a list."""
        return replace(self, element=label)

    def with_known(self, known: frozenset[Expression]) -> Speaker:
        return replace(self, known=self.known | known)
