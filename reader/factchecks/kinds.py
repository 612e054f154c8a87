"""Kinds of sources, claims and corrections, and where the steps of a history come from."""

from enum import StrEnum


class SourceKind(StrEnum):
    """Whether a source is the thing itself or an account of it."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


class About(StrEnum):
    """What was checked: that it was said, or that it is so."""

    STATEMENT = "statement"
    FACT = "fact"


class CorrectionKind(StrEnum):
    """What sort of correction it is."""

    CORRECTION = "correction"
    CLARIFICATION = "clarification"
    UPDATE = "update"
    RETRACTION = "retraction"


class Origin(StrEnum):
    """Where a step of a claim's history comes from."""

    FILE = "file"  # its article's file
    PAGE = "page"  # an editor, on the claim's page
    IMPORT = "import"  # the history in a file that another site exported
