"""Sentences of notifications: one for each subject, and none for what nobody knows."""

from __future__ import annotations

from typing import cast

import pytest

from reader.clock import now
from reader.notifications.models import Notification, Subject
from reader.notifications.sentences import _path, _says, item


def a_notification(subject: str) -> Notification:
    return Notification(subject=subject, at=now(), count=1, comment_id=7)


def test_each_subject_has_a_sentence_of_its_own() -> None:
    said = {item(a_notification(subject), text="x", decision=None).says for subject in Subject}
    assert len(said) == len(Subject)


def test_a_subject_without_a_sentence_is_an_error() -> None:
    unknown = cast(Subject, "weather")
    for words_of in (_says, _path):
        with pytest.raises(AssertionError, match="weather"):
            words_of(a_notification("weather"), unknown)


def test_a_decision_nobody_can_name_is_told_without_guessing() -> None:
    told = item(a_notification(Subject.DECISION), text=None, decision=None)
    assert told.says == "A moderator decided about your comment"
