"""Ids: written into files byte for byte, known again without them, and never lost."""

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from reader.cli import cli
from reader.errors import Refused
from reader.factchecks.models import Claim, Source
from reader.factchecks.verdicts import Verdict
from reader.publishing import completing, inserting
from reader.publishing.actions import FileOutcome, examine, publish
from reader.publishing.checking import check
from reader.publishing.faults import FileReport
from reader.publishing.ids import Unnamed
from reader.publishing.reading import parse
from tests.publishing.files import GOOD, article, put, refused, written
from tests.publishing.site import count, decide, sources_under, the_article, the_claim

CHANGED, CREATED, LEFT = FileOutcome.CHANGED, FileOutcome.CREATED, FileOutcome.LEFT

# Layouts that people and programs write, each with what YAML allows around it.
BARE = """\
---
# the headline
title: Rain
sources:
  - publisher: The Office   # which office
    title: "Rainfall: a table"
  -
    # by hand
    title: 'A wet spring'
    publisher: Paper
  - {publisher: Wire, title: Rain again}
  - { publisher: Wire two,
      title: More rain }
claims:
- text: >
    It rained.
  verdict: reported
  id:
- {text: It was wet., verdict: reported}
- ? text
  : It was "very" wet — 🎓.
  verdict: reported
---

Body  with trailing space.  \n\tand a tab.
"""
FLOW = '---\n{title: Rain, sources: [{publisher: P, title: T}, {title: U, publisher: "no"}]}\n---\nText.\n'
TRAPS = (
    "---\ntitle: 'null'\nsources:\n- {publisher: 'no', title: T}\n- publisher: '12'\n  title: T\n---\nText.\n"
)


def completed(content: bytes) -> bytes:
    """A file with all its ids, made as `publish` makes it."""
    file = parse(content, FileReport("article.md"))
    check(file)
    assert file.report.faults == []
    return inserting.with_ids(content, {entry.gap: entry.id for entry in file.unnamed if entry.gap})


def is_within(small: bytes, large: bytes) -> bool:
    """Return True if ``large`` is ``small`` with more put in between."""
    rest = iter(large)
    return all(byte in rest for byte in small)


@settings(deadline=None)
@given(
    st.sampled_from([BARE, FLOW, TRAPS, GOOD]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
    st.text(st.sampled_from(" \t#—🎓é\u2028x"), max_size=6),
)
def test_ids_are_put_in_and_no_other_byte_changes(text: str, end: str, has_mark: bool, tail: str) -> None:
    content = (("\ufeff" if has_mark else "") + text + tail).replace("\n", end).encode()
    before = parse(content, FileReport("article.md"))
    result = completed(content)
    after = parse(result, FileReport("article.md"))
    assert after.report.faults == []
    assert after.unnamed == ()
    assert after.document == before.document
    assert is_within(content, result)
    added = [line for line in result.decode().splitlines() if "id:" in line]
    assert len(added) >= len(before.unnamed) - 2
    if end != "\n":
        assert result.decode().replace(end, "").count("\n") == 0


def test_ids_stand_where_a_person_would_write_them() -> None:
    assert completed(BARE.encode()).decode() == (
        BARE.replace("title: Rain\n", "id: rain\ntitle: Rain\n", 1)
        .replace("- publisher: The", "- id: the-office\n    publisher: The")
        .replace("    title: 'A wet", "    id: paper\n    title: 'A wet")
        .replace("{publisher: Wire,", "{id: wire, publisher: Wire,")
        .replace("{ publisher: Wire two", "{id: wire-two, publisher: Wire two")
        .replace("  id:\n", "  id: it-rained\n")
        .replace("{text: It was wet.", "{id: it-was-wet, text: It was wet.")
        .replace("- ? text", "- id: it-was-very-wet-mortar-board\n  ? text")
    )


def test_ids_that_yaml_would_take_for_something_else_are_quoted() -> None:
    assert "{id: 'no', publisher" in completed(TRAPS.encode()).decode()
    assert "- id: '12'\n" in completed(TRAPS.encode()).decode()


def test_publish_writes_ids_into_the_file_and_keeps_its_mode(app: Flask, tmp_path: Path) -> None:
    (path,) = written(tmp_path, one=BARE)
    path.chmod(0o640)
    (published,) = publish(examine([path]))
    assert published.outcome == CREATED
    assert "ids written into the file" in published.notes[0]
    assert path.read_bytes() == completed(BARE.encode())
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == ["one.md"]
    (again,) = publish(examine([path]))
    assert (again.outcome, again.notes) == (LEFT, [])


def test_a_run_that_is_stopped_after_the_write_is_simply_repeated(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = written(tmp_path, one=BARE)
    with monkeypatch.context() as patch:
        patch.setattr("reader.publishing.actions._store", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            list(publish(examine([path])))
    assert count(Claim) == 0
    assert path.read_bytes() == completed(BARE.encode())
    (published,) = publish(examine([path]))
    assert (published.outcome, count(Claim)) == (CREATED, 3)


def test_what_cannot_be_written_is_printed_and_nothing_is_stored(app: Flask, tmp_path: Path) -> None:
    one, two = written(tmp_path, one=GOOD, two=BARE.replace("title: Rain\n", "title: Snow\n", 1))
    two.chmod(0o444)
    result = CliRunner().invoke(cli, ["publish", str(tmp_path)], obj=lambda **_: app)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{two}: can’t be written to; write these ids into it, and publish it again:" in result.stderr
    assert f"{two}:5: sources[1]: id: the-office" in result.stderr
    assert result.stderr.endswith("Nothing was stored.\n")
    assert one.read_text() == GOOD
    assert count(Claim) == 0


def test_standard_input_is_published_only_with_ids(app: Flask) -> None:
    def run(text: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli, ["publish", "-"], input=text, obj=lambda **_: app)
        return result.exit_code, result.output

    status, output = run(GOOD)
    assert status == 1
    assert "-:2: the article: id: rain" in output
    assert count(Claim) == 0
    status, output = run(GOOD.replace("format", "id: rain\nformat", 1))
    assert (status, output.splitlines()[0]) == (0, "created  -")


def test_a_file_that_somebody_changes_meanwhile_is_left_to_them(app: Flask, tmp_path: Path) -> None:
    (path,) = written(tmp_path, one=GOOD)
    examined = examine([path])
    path.write_text(GOOD + "More.")
    with pytest.raises(Refused, match="somebody changed it meanwhile"):
        list(publish(examined))
    assert path.read_text() == GOOD + "More."
    assert count(Claim) == 0


def test_check_warns_of_missing_ids_and_ends_well(app: Flask, tmp_path: Path) -> None:
    (path,) = written(tmp_path, one=BARE)
    result = CliRunner().invoke(cli, ["check", str(path)], obj=lambda **_: app)
    assert result.exit_code == 0
    assert "warning: there is none for the article, 4 sources and 3 claims" in result.stderr
    assert path.read_text() == BARE


# Known again without ids


def test_a_file_without_id_is_the_article_at_its_address_or_at_its_path(app: Flask, tmp_path: Path) -> None:
    (path,) = written(tmp_path, one=GOOD.replace("slug: rain\n", ""))
    list(publish(examine([path])))
    first = the_article("rain-at-the-harbour")
    (path,) = written(tmp_path, one=GOOD.replace("slug: rain\n", "").replace("Rain at", "Much rain at"))
    (published,) = publish(examine([path]))
    assert published.outcome == CHANGED
    found = the_article("rain-at-the-harbour")
    assert (found.id, found.title) == (first.id, "Much rain at the harbour")
    assert put(tmp_path, GOOD.replace("slug: rain", "slug: rain-at-the-harbour")) == [CHANGED]


def test_a_claim_without_id_whose_text_was_mended_is_asked_for_its_id(app: Flask, tmp_path: Path) -> None:
    text = GOOD.replace("  - id: wettest\n    text", "  - text").replace(
        "[Was it the wettest?](claim:wettest)", "X"
    )
    put(tmp_path, text)
    assert the_claim("it-was-the-wettest-april-ever")
    (fault,) = refused(tmp_path, text.replace("wettest April", "wettest of Aprils"))
    assert "is missing, and so is the claim “it-was-the-wettest-april-ever”" in fault
    assert put(tmp_path, text) == [LEFT]


def test_another_source_of_a_publisher_above_the_first_moves_no_claim(app: Flask, tmp_path: Path) -> None:
    text = article(
        "sources:\n- {publisher: P, title: One}\nclaims:\n- {text: T, verdict: reported, sources: [p]}"
    )
    put(tmp_path, text)
    assert put(tmp_path, text.replace("sources:\n", "sources:\n- {publisher: P, title: Zero}\n", 1)) == [
        CHANGED
    ]
    assert [source.title for source in sources_under(the_claim("t").id)] == ["One"]
    assert count(Source) == 2
    (fault,) = refused(tmp_path, text.replace("title: One", "title: Two"))
    assert "the site has “p” by the same publisher" in fault


def test_a_reference_may_not_depend_on_which_source_stands_first(app: Flask, tmp_path: Path) -> None:
    text = article(
        "sources:\n- {publisher: P, title: One}\n- {publisher: P, title: Two}\n"
        "claims:\n- {text: T, verdict: reported, sources: [p]}"
    )
    (fault,) = refused(tmp_path, text)
    assert "something refers to “p”, which may be any of the entries on lines 4, 5" in fault


# Addresses


def test_a_moved_article_is_found_at_its_old_address(app: Flask, tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    moved = GOOD.replace("slug: rain", "id: rain\nslug: wet-spring")
    feeds = ("/feed.xml", "/feed.json")
    client = app.test_client()
    assert all("/articles/rain" in client.get(feed).text for feed in feeds)
    (path,) = written(tmp_path, moved=moved)
    (published,) = publish(examine([path]))
    assert published.notes == [
        "moved from /articles/rain to /articles/wet-spring; the old address leads there"
    ]
    for below in ("", "?sort=oldest", "/feed.xml", "/comments?q=rain"):
        answer = client.get(f"/articles/rain{below}")
        assert (answer.status_code, answer.location) == (308, f"/articles/wet-spring{below}")
    assert client.get("/articles/wet-spring").status_code == 200
    assert client.get("/articles/never-there").status_code == 404
    (fault,) = refused(tmp_path, article("slug: rain"))
    assert "“rain” was the address of the article “rain” and leads to it" in fault
    assert put(tmp_path, GOOD.replace("slug: rain", "id: rain\nslug: rain")) == [CHANGED]
    assert client.get("/articles/wet-spring").location == "/articles/rain"


def test_a_draft_is_not_told_by_its_former_address(app: Flask, tmp_path: Path) -> None:
    put(tmp_path, article("slug: secret-plan\nwas: [plan]\nstatus: draft"))
    assert app.test_client().get("/articles/plan").status_code == 404


# What leaves

WITHOUT = GOOD.replace(
    "  - id: wettest\n    text: It was the wettest April ever.\n    verdict: reported\n    sources: [paper]\n",
    "",
).replace("[Was it the wettest?](claim:wettest)", "X")


def test_a_decided_claim_leaves_only_where_the_file_says_so_and_is_named(app: Flask, tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    decide("wettest", Verdict.DISPUTED, "Two gauges differ.")
    (fault,) = refused(tmp_path, WITHOUT)
    assert "the claim “wettest” is missing, and it was decided on its page" in fault
    (path,) = written(tmp_path, gone=WITHOUT.replace("slug: rain", "slug: rain\nremoved: [wettest]"))
    (published,) = publish(examine([path]))
    assert "the claim “wettest” (disputed) left the article; its page keeps its history" in published.notes
    (again,) = publish(examine([path]))
    assert again.outcome == LEFT


def test_an_id_that_stands_there_as_nothing_is_left_to_the_editor() -> None:
    file = parse(b"---\ntitle: T\nid: ~\n---\n", FileReport("article.md"))
    assert file.unnamed == (Unnamed("", "t", "t", None),)
    assert completing.complete(file).fault
