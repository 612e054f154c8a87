"""The commands: what they print, where, and how they end."""

from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from reader.app import create_app
from reader.cli import cli
from reader.config import PACKAGE, Settings
from reader.publishing.commands import MANY
from tests.publishing.files import GOOD, article, written
from tests.publishing.site import the_article
from tests.support.factories import a_person, an_editor

SAMPLES = PACKAGE / "publishing" / "samples"


class Run:
    def __init__(self, app: Flask) -> None:
        self.app = app

    def __call__(self, *arguments: object) -> Result:
        return CliRunner().invoke(cli, [str(argument) for argument in arguments], obj=lambda **_: self.app)


@pytest.fixture
def run(app: Flask) -> Run:
    return Run(app)


def test_publish_prints_what_it_did(run: Run, tmp_path: Path) -> None:
    one, two = written(tmp_path, one=GOOD, two=article("slug: two"))
    result = run("publish", tmp_path)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        f"created  {one}",
        "         ids written into the file: rain",
        "         new: it is “rain” at /articles/rain",
        f"created  {two}",
        "         ids written into the file: two",
        "         new: it is “two” at /articles/two",
        "2 created, 0 changed, 0 left",
    ]
    one.write_text(one.read_text().replace("Rain at", "Much rain at"))
    result = run("publish", one, two)
    assert result.stdout == f"changed  {one}\nleft     {two}\n0 created, 1 changed, 1 left\n"


def test_publish_records_who(run: Run, tmp_path: Path) -> None:
    an_editor("Erika")
    written(tmp_path, one=GOOD)
    assert run("publish", tmp_path, "--as", "erika").exit_code == 0


@pytest.mark.parametrize(
    ("name", "status", "says"),
    [("nobody", 2, "There is nobody called nobody"), ("ana", 1, "Only editors publish articles.")],
)
def test_publish_refuses_who_may_not(name: str, status: int, says: str, run: Run, tmp_path: Path) -> None:
    a_person("ana")
    written(tmp_path, one=GOOD)
    result = run("publish", tmp_path, "--as", name)
    assert result.exit_code == status
    assert says in result.stderr


@pytest.mark.parametrize("command", ["publish", "check"])
def test_faults_end_with_status_2_and_nothing_stored(command: str, run: Run, tmp_path: Path) -> None:
    good, bad = written(tmp_path, good=GOOD, bad=article("titel: x\nlang: no"))
    result = run(command, good, bad)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines() == [
        f"{bad}:3: titel: there is no such key; did you mean “title”?",
        f'{bad}:4: lang: YAML takes no for a yes or no; put it in quotes: "no"',
        "2 faults. Nothing was stored.",
    ]
    assert run("publish", good).stdout.startswith("created")


def test_check_stores_nothing(run: Run, tmp_path: Path) -> None:
    written(tmp_path, one=GOOD)
    result = run("check", tmp_path)
    assert (result.exit_code, result.stdout) == (0, "1 file checked: nothing to mend.\n")
    assert result.stderr.startswith(f"{tmp_path}/one.md:2: id: warning: there is none for the article;")
    assert run("publish", tmp_path).stdout.endswith("1 created, 0 changed, 0 left\n")


def test_a_path_that_is_not_there_is_bad_input(run: Run, tmp_path: Path) -> None:
    assert run("publish", tmp_path / "nothing.md").exit_code == 2
    assert run("publish", tmp_path).exit_code == 2


def test_a_page_goes_through_convert_to_the_site(run: Run, tmp_path: Path) -> None:
    page = Path(__file__).parent / "page.txt"
    result = run("convert", page)
    assert result.exit_code == 0
    assert result.stderr.count("warning: the text links no source") == 4
    file = tmp_path / "bees.md"
    file.write_text(result.stdout, encoding="utf-8")
    published = run("publish", file)
    assert published.exit_code == 0
    assert published.stdout.endswith("1 created, 0 changed, 0 left\n")
    assert published.stderr.count("the page says “source not linked”") == 4
    assert the_article("city-bees-find-more-to-eat-than-bees-in-the-country").words > 100


def test_a_verified_claim_without_source_and_without_that_key_is_refused(run: Run, tmp_path: Path) -> None:
    page = run("convert", Path(__file__).parent / "page.txt").stdout
    (file,) = written(tmp_path, bees=page.replace("  unsourced: true\n", ""))
    result = run("publish", file)
    assert result.exit_code == 2
    assert result.stderr.count("“Verified” needs a primary source or sources from two publishers.") == 2


def test_what_cannot_be_converted_gives_no_file(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("\nA title\n")
    result = run("convert", page)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1].startswith(f"{page}:2: has nothing below its title")


def test_what_convert_leaves_as_text_does_not_stop_it(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("T\nS.\nA <word> and {{ x }}.\nFact check\n- A claim.\nunverified - source\n")
    result = run("convert", page)
    assert result.exit_code == 0
    assert (
        f"{page}:6: warning: “unverified” is no verdict, so the claim was left in the text; there is:"
        in result.stderr
    )
    (file,) = written(tmp_path, page=result.stdout)
    checked = run("check", file)
    assert (checked.exit_code, checked.stdout) == (0, "1 file checked: nothing to mend.\n")
    assert "body" not in checked.stderr


def test_the_language_goes_from_convert_to_check(run: Run, tmp_path: Path) -> None:
    page = Path(__file__).parent / "page.txt"
    without, with_it = written(
        tmp_path, without=run("convert", page).stdout, with_it=run("convert", page, "--lang", "de").stdout
    )
    assert "\nlang: de\n" in with_it.read_text(encoding="utf-8")
    assert ": lang: warning: " not in run("check", with_it).stderr
    checked = run("check", without)
    assert checked.exit_code == 0
    assert f"{without}:2: lang: warning: there is none, so the article counts as English" in checked.stderr
    refused = run("convert", page, "--lang", "german!")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "must be a language tag such as en or pt-BR" in refused.stderr


@pytest.mark.parametrize("command", ["publish", "check"])
def test_what_is_not_supported_is_named_and_does_not_stop_it(command: str, run: Run, tmp_path: Path) -> None:
    (file,) = written(tmp_path, one=article("lang: en", "One.[^1]\n\n{{ two }}"))
    result = run(command, file)
    assert result.exit_code == 0
    assert f"{file}:6: body: warning: holds a footnote, which isn’t supported" in result.stderr
    assert f"{file}:8: body: warning: holds a template’s tag, which isn’t supported" in result.stderr


def test_what_many_files_have_in_common_is_said_once(run: Run, tmp_path: Path) -> None:
    number = MANY - 1
    files = written(
        tmp_path, **{f"f{n:02}": article(f"slug: f-{n}\ndate: x", "Text.") for n in range(number)}
    )
    result = run("check", tmp_path)
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f"{files[0]}:4: date: there is no such key; here it is “published: 2026-01-31T14:30:00+01:00”"
        f" (so in {number} files; this is the first)",
        f"{number} faults. Nothing was stored.",
    ]
    for n, path in enumerate(files):
        path.write_text(article(f"slug: f-{n}", "Text."), encoding="utf-8")
    warnings = [line for line in run("check", tmp_path).stderr.splitlines() if "lang" in line]
    assert len(warnings) == 1
    assert warnings[0].endswith(f"(so in {number} files; this is the first)")


def test_export_writes_articles_and_comments_or_one_of_them(run: Run, tmp_path: Path) -> None:
    written(tmp_path, one=GOOD)
    run("publish", tmp_path)
    for flags, names in (
        ((), {"rain.md", "comments.jsonl"}),
        (("--articles", "--comments"), {"rain.md", "comments.jsonl"}),
        (("--articles",), {"rain.md"}),
        (("--comments",), {"comments.jsonl"}),
    ):
        folder = tmp_path / "-".join(["to", *flags])
        result = run("export", folder, *flags)
        assert result.exit_code == 0
        assert {path.name for path in folder.iterdir()} == names


def test_many_files_at_once_are_published_and_left(run: Run, tmp_path: Path) -> None:
    written(tmp_path, **{f"f{number}": article(f"slug: f-{number}", "Text.") for number in range(MANY * 2)})
    assert run("publish", tmp_path).stdout.endswith("40 created, 0 changed, 0 left\n")
    assert run("publish", tmp_path).stdout.endswith("0 created, 0 changed, 40 left\n")


def test_the_samples_are_published_without_a_warning(run: Run) -> None:
    result = run("publish", SAMPLES)
    assert (result.exit_code, result.stderr) == (0, "")


def test_files_are_checked_where_there_is_no_site(tmp_path: Path) -> None:
    """And nothing is made: neither an instance nor a file."""
    file, absent = tmp_path / "article.md", tmp_path / "absent"
    file.write_text(GOOD)

    def checked() -> Result:
        factory = partial(create_app, Settings(instance=absent))
        return CliRunner().invoke(cli, ["check", str(file)], obj=factory)

    well = checked()
    assert (well.exit_code, well.stdout) == (0, "1 file checked: nothing to mend.\n")
    assert f"There is no site in {absent}." in well.stderr
    assert "without a site" in well.stderr
    file.write_text(GOOD.replace("verdict: ", "verdct: ", 1))
    ill = checked()
    assert ill.exit_code == 2
    assert "verdct" in ill.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["article.md"]


def test_files_are_checked_where_the_database_is_away(tmp_path: Path) -> None:
    file = tmp_path / "article.md"
    file.write_text(GOOD)
    away = Settings(instance=tmp_path, database_url="postgresql://127.0.0.1:1/x", secret_key="x" * 32)
    result = CliRunner().invoke(cli, ["check", str(file)], obj=partial(create_app, away))
    assert (result.exit_code, result.stdout) == (0, "1 file checked: nothing to mend.\n")
