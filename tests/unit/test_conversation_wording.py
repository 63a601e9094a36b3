from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.actions import Part
from bot.core.conversation.times import clinic_answers_by
from bot.services.wording import LONGEST, Wording
from tests.support.course import library

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
"""A Wednesday."""


def wording(zone: str = "Europe/London", language: str = "en") -> Wording:
    return Wording(content=library(), language=language, zone=ZoneInfo(zone), now=NOW)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOW + timedelta(hours=4), "14:00 today"),
        (NOW + timedelta(hours=23), "09:00 tomorrow"),
        (NOW + timedelta(days=2), "10:00 on Friday"),
        (NOW + timedelta(days=30), "11:00 on April 3, 2026"),
    ],
)
def test_a_moment_is_said_on_the_readers_own_clock(moment: datetime, said: str) -> None:
    assert wording().moment(moment) == said


@pytest.mark.parametrize(
    ("language", "today", "weekday", "date"),
    [
        ("tr", "bugün saat 14:00", "Cuma saat 10:00", "3 Nisan 2026 saat 11:00"),
        ("es", "hoy a las 14:00", "el viernes a las 10:00", "el 3 de abril de 2026 a las 11:00"),
        ("ru", "сегодня в 14:00", "пятница, 10:00", "3 апреля 2026\u202fг., 11:00"),
        ("ar", "اليوم الساعة 14:00", "يوم الجمعة الساعة 10:00", "يوم 3 أبريل 2026 الساعة 11:00"),
        ("de", "heute um 14:00 Uhr", "am Freitag um 10:00 Uhr", "am 3. April 2026 um 11:00 Uhr"),
    ],
)
def test_a_moment_is_said_in_the_readers_language(language: str, today: str, weekday: str, date: str) -> None:
    spoken = wording(language=language)
    said = [spoken.moment(NOW + after) for after in (timedelta(hours=4), timedelta(days=2), timedelta(days=30))]
    assert [moment.replace("\u00a0", "\u202f") for moment in said] == [today, weekday, date]


def test_tomorrow_is_the_readers_tomorrow() -> None:
    late = datetime(2026, 3, 4, 16, 0, tzinfo=UTC)
    assert wording("Asia/Tokyo").moment(late) == "01:00 tomorrow"


def test_paragraphs_are_joined_as_long_as_they_fit_and_said_once() -> None:
    advice = [Part(keys=(f"advice.{s}",)) for s in library().knowledge.rules.symptoms if library().has(f"advice.{s}")]
    texts = wording().texts(advice + advice)
    assert 1 < len(texts) < len(advice)
    assert all(len(text) <= LONGEST for text in texts)
    assert "\n\n".join(texts).count(library().text("en", "advice.fever")) == 1


def test_a_part_without_text_is_left_out_where_it_may_be_and_missed_where_not() -> None:
    assert wording().texts([Part(keys=("no.such.key",), optional=True)]) == ()
    with pytest.raises(KeyError, match=r"no\.such\.key"):
        wording().texts([Part(keys=("no.such.key",))])


@pytest.mark.parametrize(
    ("now", "by"),
    [
        ("2026-03-04T10:00", "2026-03-04T18:00"),
        ("2026-03-04T15:00", "2026-03-05T12:00"),
        ("2026-03-06T16:00", "2026-03-09T12:00"),
        ("2026-03-07T09:00", "2026-03-09T12:00"),
    ],
    ids=["working day", "too late today", "Friday evening", "Saturday"],
)
def test_the_clinic_answers_the_same_or_the_next_working_day(now: str, by: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=LONDON).astimezone(UTC)
    assert clinic_answers_by(moment, LONDON) == datetime.fromisoformat(by).replace(tzinfo=LONDON)
