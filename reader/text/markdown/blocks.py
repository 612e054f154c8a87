"""Block rules of both dialects: no word is lost in a block, and each has its own direction."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_block import StateBlock, blockquote, code, list_block, reference
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

# Quotes and lists inside each other (a list counts twice): more than anybody can read, and a bound on what a hostile
# text may cost. What lies deeper is shown flat, as it was typed.
MAX_DEPTH = 12
# Where the parser gives up and drops what is left: never reached.
_PARSER_DEPTH = 2 * MAX_DEPTH
# A year that begins a sentence is no number of a list.
_LARGE_NUMBER = re.compile(r"\d{4}")
# Numbers of more digits than a list's margin has room for.
_MAX_IN_MARGIN = 99
_LANGUAGE = re.compile(r"[\w+#.-]+")
_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){1,999})\]")

Rule = Callable[[StateBlock, int, int, bool], bool]


def set_up(dialect: MarkdownIt, *, no_list: re.Pattern[str] = _LARGE_NUMBER) -> None:
    """Add the rules to a dialect. A line that begins as ``no_list`` says begins no list."""

    def list_unless(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        begin = state.bMarks[start] + state.tShift[start]
        return not no_list.match(state.src, begin, state.eMarks[start]) and list_block(
            state, start, end, silent
        )

    dialect.options["maxNesting"] = _PARSER_DEPTH
    rules = dialect.block.ruler
    rules.at("list", _where_not_too_deep(list_unless), {"alt": ["paragraph", "reference", "blockquote"]})
    rules.at(
        "blockquote",
        _where_not_too_deep(blockquote),
        {"alt": ["paragraph", "reference", "blockquote", "list"]},
    )
    rules.at("code", _where_not_too_deep(code), {"alt": []})
    rules.at("reference", _used_reference, {"alt": []})
    dialect.core.ruler.push("finish_blocks", _finish)
    dialect.add_render_rule("fence", _render_code)
    dialect.add_render_rule("code_block", _render_code)


def _where_not_too_deep(rule: Rule) -> Rule:
    def bounded(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.level < MAX_DEPTH and rule(state, start, end, silent)

    return bounded


def _used_reference(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take ``[label]: address`` for a definition where the label is used; elsewhere it is a line of text."""
    label = _LABEL.match(state.src, state.bMarks[start] + state.tShift[start], state.eMarks[start])
    if label is not None and state.src.lower().count(f"[{label[1].lower()}]") < 2:
        return False
    return reference(state, start, end, silent)


def _finish(state: StateCore) -> None:
    lists: list[tuple[Token, list[Token]]] = []
    for token in state.tokens:
        if token.level == 0 and token.nesting == 1:
            token.attrSet("dir", "auto")
        if token.type == "inline":
            _drop_empty_links(token)
            if token.level > MAX_DEPTH:
                _keep_lines(token.children or [])
        elif token.type == "fence":
            _keep_info(token)
        elif token.type == "ordered_list_open":
            lists.append((token, []))
        elif token.type == "list_item_open" and token.info:
            lists[-1][1].append(token)
        elif token.type == "ordered_list_close":
            _number(*lists.pop())


def _drop_empty_links(inline: Token) -> None:
    """Leave of a link without an address, ``[words]()``, its words: it would lead to the page that it stands on."""
    children, kept, is_inside = inline.children or [], [], False
    for child in children:
        if child.type == "link_open" and not child.attrs.get("href"):
            is_inside = True
        elif child.type == "link_close" and is_inside:
            is_inside = False
        else:
            kept.append(child)
    if len(kept) < len(children):
        inline.children = kept


def _keep_lines(children: Sequence[Token]) -> None:
    """Keep the line breaks: each line begins with the signs of blocks that are nested too deeply."""
    for child in children:
        if child.type == "softbreak":
            child.type, child.tag = "hardbreak", "br"


def _keep_info(fence: Token) -> None:
    """Show the text behind the opening fence, unless it names a language and the code is closed and not empty."""
    start, end = fence.map or (0, 0)
    ends = end - start - 1 > len(fence.content.splitlines())
    info = fence.info.strip()
    if info and not (_LANGUAGE.fullmatch(info) and ends and fence.content.strip()):
        fence.content = f"{info}\n{fence.content}"


def _number(opening: Token, items: Sequence[Token]) -> None:
    """Keep the numbers that were typed, unless all are the same: such a list counts by itself."""
    numbers = [int(item.info) for item in items]
    if len(set(numbers)) > 1:
        for item, number, before in zip(items[1:], numbers[1:], numbers, strict=False):
            if number != before + 1:
                item.attrSet("value", str(number))
    if max(numbers[0] + len(items) - 1, *numbers) > _MAX_IN_MARGIN:
        opening.attrSet("class", "wide")


def _render_code(_renderer: object, tokens: Sequence[Token], index: int, _o: OptionsDict, _e: EnvType) -> str:
    """Render code, which runs from left to right in every language."""
    return f'<pre dir="ltr"><code>{escapeHtml(tokens[index].content)}</code></pre>\n'
