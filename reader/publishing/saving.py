"""A document as a file, in one canonical form: the keys in the order of the format, nothing that is the default."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

import yaml

from reader.publishing.document import FORMAT, Checked, Document, HistoryEntry
from reader.publishing.reading import BODY, FENCE
from reader.text.dates import whole_day

_WIDTH = 100


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """YAML as a person would write it: several lines as a block, times as they are read, each value written out."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write what stands in several places in each of them: a file takes no aliases."""
        return True


def _text(dumper: yaml.SafeDumper, words: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", words, style="|" if "\n" in words else None)


def _moment(dumper: yaml.SafeDumper, moment: datetime) -> yaml.ScalarNode:
    words = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", words)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(datetime, _moment)


def write(document: Document) -> str:
    """The text of the file."""
    entries = {"format": FORMAT, **_entries(document)}
    body = entries.pop(BODY, "")
    front = yaml.dump(entries, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return f"{FENCE}\n{front}{FENCE}\n" + (f"\n{body}\n" if body else "")


def _entries(value: Any) -> dict[str, Any]:
    return {
        field.name.rstrip("_"): _plain(getattr(value, field.name), of=value)
        for field in fields(value)
        if _is_said(value, field.name, getattr(value, field.name) == field.default)
    }


def _is_said(value: Any, name: str, is_default: bool) -> bool:
    """Return True if a key is written.

    Some defaults are: the language, if known, and the status beside a time to appear.
    """
    if isinstance(value, Document) and name == "lang":
        return bool(value.lang)
    return not is_default or (
        name == "status" and isinstance(value, Document) and value.publish_at is not None
    )


def _plain(value: Any, *, of: Any = None) -> Any:
    """Lists and mappings in place of tuples and entries; days in place of moments that are no more than days."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime) and isinstance(of, Checked | HistoryEntry):
        return whole_day(value) or value
    return _entries(value) if is_dataclass(value) else value
