"""Parts of at most 4096 visible characters, and text without its markup."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram_text import LIMIT, split_html, to_plain, width
from bot.simulator.telegram.entities import parse_html

LINE = "Temperature 39.2 since 14:00 &amp; shivering\n"


def test_a_short_text_stays_whole() -> None:
    assert split_html("<b>A-17</b> urgent") == ["<b>A-17</b> urgent"]


def test_a_long_text_is_cut_at_line_ends_and_its_header_comes_first() -> None:
    parts = split_html("<b>ALERT A-17 emergency</b>\n" + LINE * 300)
    assert parts[0].startswith("<b>ALERT A-17 emergency</b>\n")
    assert len(parts) > 1
    assert all(line in {LINE.strip(), "<b>ALERT A-17 emergency</b>"} for part in parts for line in part.strip().split("\n"))


def test_nothing_is_lost_in_a_split() -> None:
    text = "".join(f"line {number}\n" for number in range(2000))
    assert [line for part in split_html(text) for line in part.split("\n") if line] == text.split("\n")[:-1]


def test_a_tag_that_is_open_at_the_cut_is_closed_there_and_opened_again() -> None:
    parts = split_html("<blockquote><i>" + "said\n" * 2000 + "</i></blockquote>")
    assert all(part.startswith("<blockquote><i>") and part.endswith("</i></blockquote>") for part in parts)


def test_an_entity_is_never_cut() -> None:
    for part in split_html("&lt;" * 5000, limit=7):
        assert part.replace("&lt;", "") == ""


def test_one_endless_word_is_cut_anyway() -> None:
    parts = split_html("x" * 10_000)
    assert "".join(parts) == "x" * 10_000
    assert max(map(width, parts)) <= LIMIT


def test_characters_outside_the_basic_plane_count_twice() -> None:
    assert width("a😀") == 3
    assert all(width(part) <= LIMIT for part in split_html("😀" * 5000))


def test_plain_text_keeps_what_only_looks_like_a_tag() -> None:
    assert to_plain("<b>BP</b> &lt;90 <60 mmHg &amp; <dizzy>") == "BP <90 <60 mmHg & <dizzy>"


_pieces = st.lists(
    st.one_of(
        st.text(alphabet="ab \n😀é", max_size=30),
        st.sampled_from(["&amp;", "&lt;", "&#128512;", "\n\n"]),
        st.text(alphabet="xyz ", max_size=20).map(lambda text: f"<b>{text}</b>"),
        st.text(alphabet="xyz\n", max_size=20).map(lambda text: f"<i>{text}<u>u</u></i>"),
    ),
    max_size=40,
)


@settings(deadline=None)
@given(_pieces, st.integers(min_value=4, max_value=60))
def test_every_part_is_valid_html_within_the_limit_and_no_word_is_lost(pieces: list[str], limit: int) -> None:
    text = "".join(pieces)
    parts = [parse_html(part).text for part in split_html(text, limit)]
    assert all(width(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(to_plain(text).split())
