"""Addresses written out: where one ends, which ones lead anywhere, what is shown of them."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reader.text.markdown import render_article, render_comment


def links(text: str) -> list[tuple[str, str]]:
    found = BeautifulSoup(render_comment(text), "html.parser").find_all("a")
    return [(str(each["href"]), each.text) for each in found]


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("", "。然后"),
        ("", "，然后"),
        ("", "…"),
        ("", "..."),
        ("„", "“"),
        ("“", "”, she wrote"),
        ("«", "»"),
        ("「", "」"),
        ("（", "）。"),
        ("'", "' and"),
        ('"', '"'),
        ("(see ", "),then"),
        ("[", "]"),
        ("[", "]y"),
        ("**", "**and"),
        ("*", "*."),
        ("_", "_"),
        ("**", "**"),
        ("~~", "~~"),
        ("|", "|"),
        ("", " x"),
        ("", "’s page"),
        ("", "'s page"),
        ("", "!?"),
        ("", ";"),
        ("", "—and"),
        ("", "、"),
        ("", "؟"),
        ("", "।"),
        ("", "👍"),
        ("", "&nbsp;"),
        ("看", "。"),
        ("", "\u200b"),
        ("", "\u202e"),
        ("", "\u200d!"),
    ],
)
@pytest.mark.parametrize(
    "address", ["https://example.org", "https://example.org/a", "https://example.org/a?b=c#d"]
)
def test_an_address_ends_where_the_sentence_goes_on(address: str, before: str, behind: str) -> None:
    ((url, words),) = links(f"{before}{address}{behind}")
    assert (url, words) == (address, address.removeprefix("https://").replace("org?", "org/?"))


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://en.wikipedia.org/wiki/Bees_(insects)", None),
        ("https://example.org/a,b;c=d/e.html", None),
        ("https://example.org/it's", "https://example.org/it"),
        ("https://example.org/rock'n'roll", None),
        ("https://zh.wikipedia.org/wiki/蜜蜂", "https://zh.wikipedia.org/wiki/%E8%9C%9C%E8%9C%82"),
        ("https://hi.wikipedia.org/wiki/हिन्दी", "https://hi.wikipedia.org/wiki/%E0%A4%B9%E0%A4%BF%E0%A4%A8%E0%A5%8D%E0%A4%A6%E0%A5%80"),
        ("https://example.org/می‌خواهم", "https://example.org/%D9%85%DB%8C%E2%80%8C%D8%AE%D9%88%D8%A7%D9%87%D9%85"),
        ("https://example.org看这里", "https://example.org"),
        ("https://例え.jp/頁", "https://xn--r8jz45g.jp/%E9%A0%81"),
        ("http://localhost:8000/x", None),
        ("http://127.0.0.1/x", None),
        ("http://[::1]:8000/x", None),
        ("HTTPS://EXAMPLE.ORG/A", "HTTPS://EXAMPLE.ORG/A"),
    ],
)  # fmt: skip
def test_all_that_belongs_to_an_address_is_in_it(text: str, url: str | None) -> None:
    ((found, _),) = links(f"See {text} there")
    assert found.lower() == (url or text).lower()


BROKEN = [
    "http://1.2.3.4.5/",
    "http://999.1.1.1/",
    "http://[::g]/",
    "http://[::1/x",
    "https://a.example:99999/",
    "https://xn--a.example/",
    "https://a..example",
    "http://.",
    "https://",
    "https:///x",
    "https://\u00ad.example",
    "http://0x100000000/",
]


@pytest.mark.parametrize("address", BROKEN)
def test_an_address_that_leads_nowhere_is_text(address: str) -> None:
    for text in (address, f"[words]({address})", f"<{address}>"):
        soup = BeautifulSoup(render_comment(text), "html.parser")
        assert not soup.find_all("a")
        assert soup.text == text
        article = BeautifulSoup(render_article(f"[words]({address})"), "html.parser")
        assert not article.find_all("a")


PARTS = st.sampled_from(
    [
        *"[]:/@-_%#? <>().a1ß例א",
        *(
            "http://",
            "https://",
            "mailto:",
            "example.org",
            "xn--",
            "xn--a",
            "0x7f",
            "::1",
            "99999",
            "%zz",
            "%E4",
            "](",
        ),
        *("\u200d", "\u0301", "\u00ad"),
    ]
)


@settings(deadline=None, max_examples=300)
@example("[words]()")
@example("x [a *b* c]() y\n\n- [a]( )")
@given(st.lists(PARTS, max_size=10).map("".join))
def test_no_link_is_without_an_address(text: str) -> None:
    for render in (render_comment, render_article):
        for wrapped in (f"https://{text}", f"[words](https://{text})", f"<https://{text}>", text):
            for link in BeautifulSoup(render(wrapped), "html.parser").find_all("a"):
                assert link.get("href"), wrapped


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/wiki/K%C3%B6ln", "/wiki/Köln"),
        ("/wiki/Köln", "/wiki/Köln"),
        ("/%E8%9C%9C%E8%9C%82", "/蜜蜂"),
        ("/x%62", "/xb"),
        ("/a%20b", "/a%20b"),
        ("/a%2Fb%3Fc%23d%25", "/a%2Fb%3Fc%23d%25"),
        ("/%E2%80%AEgpj.exe", "/%E2%80%AEgpj.exe"),  # turns the direction round
        ("/%E2%80%8B%C2%AD%E3%85%A4", "/%E2%80%8B%C2%AD%E3%85%A4"),  # invisible
        ("/a%E2%81%84b%EF%BC%8Fc", "/a%E2%81%84b%EF%BC%8Fc"),  # like a slash
        ("/%C3%28", "/%C3%28"),  # no letter at all
        ("/%E4%BD", "/%E4%BD"),
        ("/%CC%81a", "/%CC%81a"),  # a mark on the slash
        ("/e%CC%81", "/e%CC%81"),
        ("/%C3%A9%CC%81", "/é\u0301"),
        ("/1%E2%80%932", "/1–2"),
    ],
)
def test_a_path_is_shown_in_letters_where_they_cannot_deceive(path: str, words: str) -> None:
    ((url, shown),) = links(f"https://example.org{path}")
    assert shown == f"example.org{words}"
    assert url.isascii()


def test_an_address_of_other_letters_runs_from_left_to_right() -> None:
    assert 'dir="ltr"' in render_comment("https://example.org/%D7%A9").partition("<a ")[2]
    assert 'dir="ltr"' not in render_comment("https://example.org/x")


def test_a_host_of_other_letters_is_shown_encoded() -> None:
    assert links("https://аррӏе.example/x")[0][1].startswith("xn--")
