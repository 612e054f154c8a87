"""The site's content as files: articles that can be published again, and comments."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from reader.comments.models import Comment, State
from reader.instance import permissions
from reader.publishing import queries
from reader.publishing.loading import stored
from reader.publishing.queries import batches
from reader.publishing.saving import write

COMMENTS = "comments.jsonl"


def write_articles(folder: Path, slugs: Sequence[str]) -> Iterator[Path]:
    """Write each article to ``<slug>.md``; the files' paths, as they come to be."""
    for batch in batches(slugs):
        for slug, article in stored(batch).items():
            path = folder / f"{slug}.md"
            _replace(path, [write(article.document)])
            yield path


def write_comments(folder: Path) -> tuple[Path, int]:
    """Write all comments, one JSON object a line; the file, and how many there are.

    An export may be handed to anybody, so it says what the site says: of a comment that is held, removed or deleted,
    there is a line without text, for the answers to it. All that there is, is in a backup.
    """
    path = folder / COMMENTS
    number = _replace(
        path,
        (
            json.dumps(_entry(comment, article, author, claim), ensure_ascii=False) + "\n"
            for comment, article, author, claim in queries.comments()
        ),
        is_private=True,
    )
    return path, number


def _entry(comment: Comment, article: str, author: str, claim: str | None) -> dict[str, object]:
    return {
        "id": comment.id,
        "article": article,
        "author": author,
        "body": comment.body if comment.state == State.PUBLISHED.value else None,
        "state": comment.state,
        "parent": comment.parent_id,
        "claim": claim,
        "submission_id": comment.submission_id,
        "created": _moment(comment.created_at),
        "edited": _moment(comment.edited_at),
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def _replace(path: Path, pieces: Iterable[str], *, is_private: bool = False) -> int:
    """Write the file whole, or leave the one that is there; how many pieces it took."""
    number = 0
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    if is_private:
        permissions.make_file(draft)
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            for piece in pieces:
                file.write(piece)
                number += 1
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return number
