"""Kinds of sources, claims and corrections, and where the steps of a history come from."""

from enum import StrEnum


class SourceKind(StrEnum):
    """Kind of a source: the thing itself or an account of it."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


class About(StrEnum):
    """Subject of a check: that it was said, or that it is so."""

    STATEMENT = "statement"
    FACT = "fact"


class CorrectionKind(StrEnum):
    """Kind of a correction."""

    CORRECTION = "correction"
    CLARIFICATION = "clarification"
    UPDATE = "update"
    RETRACTION = "retraction"


class Origin(StrEnum):
    """Origin of a step in a claim's history."""

    FILE = "file"  # its article's file
    PAGE = "page"  # an editor, on the claim's page
    IMPORT = "import"  # the history in a file that another site exported
