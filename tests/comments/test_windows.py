"""Windows as addresses say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request

from reader.comments.windows import MAX_OPENED, MAX_PAGE, Opened, Sort, Spot, Window
from reader.db.keyset import MAX_ID

numbers = st.integers(min_value=1, max_value=MAX_ID // 2)
branches = st.lists(
    st.builds(Opened, numbers, st.just(0) | numbers), max_size=MAX_OPENED, unique_by=lambda each: each[0]
).map(tuple)
slugs = st.none() | st.from_regex(r"[a-z0-9-]{1,100}", fullmatch=True)
by_id = st.none() | numbers.map(Spot)
by_count = st.none() | st.builds(Spot, numbers, st.just(0) | numbers)
windows = st.builds(
    Window,
    sort=st.sampled_from([Sort.NEWEST, Sort.OLDEST]),
    claim=slugs,
    after=by_id,
    through=by_id,
    opened=branches,
) | st.builds(
    Window,
    sort=st.just(Sort.RECOMMENDED),
    claim=slugs,
    after=by_count,
    through=by_count,
    shown=st.lists(numbers, max_size=MAX_PAGE, unique=True).map(tuple),
    beyond=st.none() | st.just(0) | numbers,
    opened=branches,
)


def read(query: str) -> Window:
    return Window.read(Request.from_values(query_string=query.removeprefix("?")).args)


@given(windows)
def test_a_window_is_read_back_from_its_query(window: Window) -> None:
    assert read(window.query) == window


@given(
    st.dictionaries(
        st.sampled_from(["sort", "claim", "after", "through", "shown", "beyond", "branch"]),
        st.lists(st.text()),
    )
)
def test_any_query_is_read_as_some_window(query: dict[str, list[str]]) -> None:
    assert Window.read(MultiDict(query)).query is not None


@pytest.mark.parametrize(
    "query",
    [
        "?after=",
        "?after=x",
        "?after=-1",
        "?after=1.5",
        f"?after={MAX_ID + 1}",
        "?after=²",
        "?branch=.",
        "?branch=a.1",
        "?branch=1.x",
        "?branch=1.2.3",
        "?sort=newest",
        "?sort=upside-down",
        "?after=3-7",
        "?shown=1.2",
        "?claim=",
    ],
)
def test_what_makes_no_sense_is_passed_over(query: str) -> None:
    assert read(query) == Window()


def test_only_so_many_branches_are_opened() -> None:
    query = "&".join(f"branch={each}" for each in range(1, 100))
    assert len(read(query).opened) == MAX_OPENED


def test_the_plain_first_page_has_no_query() -> None:
    assert Window().query == ""
