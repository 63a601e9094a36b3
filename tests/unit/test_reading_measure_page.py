"""The shortcuts of the measures' page leave no reading out: each finds exactly what a search of the whole text would."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bot.core.reading.measures import amounts, sugar, temperature, vitals
from bot.core.reading.measures.page import NUMBER, Cued, Page
from bot.core.reading.normalise import normalise

_MODULES = (vitals, amounts, sugar, temperature)
_TEXTS = (
    "37.1 and a bit tired, slept well. No pain, no rash",
    "bp 150/95 and pulse 88, sats 97% on the finger thing",
    "temp 38,5 then 39.2 an hour later; took 2 paracetamol 500 mg twice, the third day now",
    "sugar 7.8, ketones 0.4; my heart is doing 110, breathing 22 a minute",
    "B.P. 18/10, tansiyon 19'a 12, ateş 38 buçuk, nabız 95",
    "пульс 90, давление 140 на 90, температура 38 и 5, сахар 6,1, парацетамол 3 раза",
    "الضغط ١٤٠ على ٩٠ والنبض ٩٠ وحرارتي ٣٨ ونصف",
    "puls 80, blutdruck 150 zu 95, fieber 38,6, seit 3 tagen, 2 kg zugelegt",
    "put on 2 kg, + 3 kg, up 4 lbs, 5 kg heavier; score 7 out of 10; 1.2.3 4,5,6 .7 8. 9",
    "no number at all",
    "12",
)


def _patterns(kind: type) -> Iterator[tuple[str, object]]:
    for module in _MODULES:
        for name, value in vars(module).items():
            if isinstance(value, kind):
                yield f"{module.__name__}.{name}", value


_FROM_NUMBER = [(name, p) for name, p in _patterns(re.Pattern) if isinstance(p, re.Pattern) and p.pattern.startswith(NUMBER)]
_TO_NUMBER = [(name, c) for name, c in _patterns(Cued) if isinstance(c, Cued)]


@pytest.mark.parametrize(("name", "pattern"), _FROM_NUMBER)
def test_a_pattern_tried_where_numbers_begin_finds_what_a_search_finds(name: str, pattern: re.Pattern[str]) -> None:
    for text in _TEXTS:
        page = Page(normalise(text))
        spans = [match.span() for match in page.from_number(pattern)]
        assert spans == [match.span() for match in pattern.finditer(page.text)], (name, text)


@pytest.mark.parametrize(("name", "cued"), _TO_NUMBER)
def test_words_before_a_number_are_found_wherever_a_search_finds_them(name: str, cued: Cued) -> None:
    for text in (*_TEXTS, "so it went on and on, day after day. " * 20 + _TEXTS[1] + " and so it went on and on" * 20):
        page = Page(normalise(text))
        spans = [match.span() for match in page.to_number(cued)]
        assert spans == [match.span() for match in cued.pattern.finditer(page.text)], (name, text)


def test_every_alternative_of_a_cue_is_let_through_by_its_own_letters() -> None:
    cued = Cued(r"(?:\bhr\b|heart ?rate|b\.p|\w*pulse\w*|spo ?2)", r"\D{0,5}" + NUMBER)
    for text in ("hr 90", "heartrate 90", "heart rate 90", "b.p 90", "my pulses 90", "spo 2: 97", "spo2: 97"):
        assert cued.may_be_in(text), text
    assert not cued.may_be_in("nothing of the kind 90")


def test_a_cue_that_does_not_begin_with_letters_is_always_looked_for() -> None:
    assert Cued(r"(?:[ab]c|de)", NUMBER).may_be_in("zzz")
