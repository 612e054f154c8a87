"""Cards of the cases that a queue lists: comments and appealed measures, in one order."""

from __future__ import annotations

from collections.abc import Sequence

from reader.moderation.queues.appealed import MeasureCard, measure_cards
from reader.moderation.queues.cards import Card, cards
from reader.moderation.queues.lists import QueueItem
from reader.web.fragments import render

MACROS = "moderation/_macros.html"


def shown(cases: Sequence[QueueItem]) -> list[Card | MeasureCard]:
    """Return the cards of these cases, in this order, without those that are not found."""
    comments = {
        card.comment.id: card for card in cards([each.comment_id for each in cases if each.comment_id])
    }
    measures = measure_cards([each.decision_id for each in cases if each.decision_id])
    found = [comments.get(each.comment_id or 0) or measures.get(each.decision_id or 0) for each in cases]
    return [card for card in found if card is not None]


def rendered(card: Card | MeasureCard) -> str:
    """Render the card as pages and pushes contain it."""
    return render(MACROS, card.MACRO, card)
