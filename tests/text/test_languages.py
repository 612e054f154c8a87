"""Languages, directions, and names inside sentences."""

import pytest
from markupsafe import Markup

from reader.text.english import joined
from reader.text.languages import attributes, bdi, direction, isolated

RIGHT_TO_LEFT = ["ar", "AR-eg", "he", "fa-IR", "ur", "yi", "ckb", "dv", "az-Arab", "pa-Arab-PK"]
LEFT_TO_RIGHT = ["en", "de-CH", "ja", "zh-Hant", "az", "ar-Latn", "yi-Latn-US", "sr-Cyrl"]


@pytest.mark.parametrize("lang", RIGHT_TO_LEFT)
def test_a_language_or_its_script_runs_from_right_to_left(lang: str) -> None:
    assert direction(lang) == "rtl"


@pytest.mark.parametrize("lang", LEFT_TO_RIGHT)
def test_other_languages_and_scripts_run_from_left_to_right(lang: str) -> None:
    assert direction(lang) == "ltr"


def test_attributes_stand_for_every_language_but_the_interfaces() -> None:
    assert attributes("ar") == ' lang="ar" dir="rtl"'
    assert attributes("de") == ' lang="de" dir="ltr"'
    assert attributes("en") == ""
    assert attributes('"><b>') == ' lang="&#34;&gt;&lt;b&gt;" dir="ltr"'


def test_plain_text_is_isolated_where_it_has_letters_from_right_to_left() -> None:
    assert isolated("Zoë") == "Zoë"
    assert isolated("זואי") == "\u2068זואי\u2069"
    assert isolated("abc ليلى") == "\u2068abc ليلى\u2069"
    assert bdi("<b>") == "<bdi>&lt;b&gt;</bdi>"


def test_dots_stand_between_parts_that_exist_and_nowhere_else() -> None:
    def text(*parts: object) -> str:
        return joined(parts).striptags()

    assert text("one", "", None, "two") == "one · two"
    assert text("", "two") == "two"
    assert text() == ""
    assert "&lt;b&gt;" in joined(["<b>", Markup("<i>kept</i>")])
    assert "<i>kept</i>" in joined(["<b>", Markup("<i>kept</i>")])
