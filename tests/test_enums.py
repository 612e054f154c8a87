"""Enums with words: a member is its value, and says more."""

import pytest

from reader.enums import DescribedEnum


class Fruit(DescribedEnum):
    label: str
    grams: int | None

    APPLE = "apple", "An apple", 150
    AIR = "air", "Nothing", None


def test_a_member_equals_its_value_and_has_its_words_however_found() -> None:
    assert Fruit("apple") is Fruit.APPLE
    assert (Fruit.APPLE, f"{Fruit.APPLE}", Fruit.APPLE.value) == ("apple",) * 3
    assert [(each.label, each.grams) for each in Fruit] == [("An apple", 150), ("Nothing", None)]


def test_a_member_with_a_word_too_few_or_too_many_is_none() -> None:
    for words in (("pear",), ("pear", "A pear", 170, "green")):
        with pytest.raises(ValueError, match="argument"):

            class Wrong(DescribedEnum):
                label: str
                grams: int

                PEAR = words
