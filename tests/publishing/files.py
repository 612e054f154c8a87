"""Article files for tests: written from a few words, read, checked, published."""

from pathlib import Path
from tempfile import mkdtemp

from reader.accounts.models import User
from reader.publishing.actions import FileOutcome, Published, examine, publish
from reader.publishing.checking import check
from reader.publishing.faults import FileReport
from reader.publishing.reading import ArticleFile, parse

FILE = "article.md"

GOOD = """\
---
format: 1
title: Rain at the harbour
slug: rain
sources:
  - id: office
    publisher: The Weather Office
    title: Rainfall at the harbour
    kind: primary
  - id: paper
    publisher: The Harbour Paper
    title: A wet spring
claims:
  - id: rain-fell
    text: It rained on 20 days of April.
    verdict: verified
    about: fact
    why: The office counts them.
    sources: [office]
    at: it rained on 20 days
  - id: wettest
    text: It was the wettest April ever.
    verdict: reported
    sources: [paper]
---

In April it rained on 20 days. [Was it the wettest?](claim:wettest) The [paper](source:paper) says so.
"""


def parsed(text: str | bytes) -> ArticleFile:
    """A file with this text, read and checked by itself."""
    report = FileReport(FILE)
    file = parse(text.encode() if isinstance(text, str) else text, report)
    check(file)
    return file


def faults(text: str | bytes) -> list[str]:
    """Return the faults of a file of this text."""
    return [str(fault) for fault in sorted(parsed(text).report.faults)]


def article(front: str, body: str = "Text.") -> str:
    """A file with these lines of front matter after its title."""
    return f"---\ntitle: A title\n{front}\n---\n\n{body}\n"


def written(folder: Path, **texts: str) -> list[Path]:
    """Files in ``folder``, named by the keywords."""
    paths = [folder / f"{name.replace('_', '-')}.md" for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def put(folder: Path, *texts: str, by: User | None = None) -> list[FileOutcome]:
    """Publish new files with these texts together, and return the outcome of each, in order."""
    paths = written(afresh(folder), **{f"file_{number}": text for number, text in enumerate(texts)})
    outcomes = {published.file.report.file: published.outcome for published in publish(examine(paths), by=by)}
    return [outcomes[str(path)] for path in paths]


def refused(folder: Path, *texts: str) -> list[str]:
    """Return the faults of files of these texts, published together."""
    folder = afresh(folder)
    paths = written(folder, **{f"file_{number}": text for number, text in enumerate(texts)})
    return [str(fault).replace(f"{folder}/", "") for fault in examine(paths).faults()]


def afresh(folder: Path) -> Path:
    """A folder in it that nothing was published from: an article is known by the path of its file, too."""
    return Path(mkdtemp(dir=folder))


__all__ = ["GOOD", "FileOutcome", "Published", "article", "faults", "parsed", "put", "refused", "written"]
