"""The base of enums whose members say more than their value."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class DescribedEnum(StrEnum):
    """A value with words to it: a member gives its value, then a word for each annotation of its class, in their order.

    It is looked up, stored and compared by the value alone.
    """

    def __new__(cls, value: str, *words: object) -> Self:
        """A member. ValueError at the start of the program where it has too few words, or too many."""
        member = str.__new__(cls, value)
        member._value_ = value
        for name, word in zip(cls.__annotations__, words, strict=True):
            setattr(member, name, word)
        return member
