"""The shipped recogniser: trained from this corpus, in all six languages, on words that no list holds."""

from __future__ import annotations

import json

import pytest

from bot.content.library import CATALOGUE
from bot.content.recogniser import CARD, SECOND_CARD, load_recogniser, load_thresholds
from bot.core.reading.recogniser import Recogniser
from bot.core.reading.recogniser_second import SecondLook
from bot.core.reading.recogniser_verdict import Thresholds
from bot.training.corpus import CORPUS, Part, digest, load


@pytest.fixture(scope="module")
def reader() -> Recogniser | SecondLook:
    return load_recogniser(CATALOGUE)


@pytest.fixture(scope="module")
def thresholds() -> Thresholds:
    return load_thresholds(CATALOGUE)


def test_both_were_trained_from_this_corpus() -> None:
    first, second = (json.loads((CATALOGUE / name).read_text(encoding="utf-8")) for name in (CARD, SECOND_CARD))
    assert first["corpus"] == digest(load(CORPUS, Part.TRAIN, Part.DEV)), "the corpus has changed: run `make train`"
    assert second["joined_on"] == digest(load(CORPUS, Part.DEV)), "the dev part has changed: run `make train`"
    assert second["corpus"] == digest(load(CORPUS, Part.TRAIN)), "the train part has changed: run `make fine-tune train`"


ALARMING = [
    "can't get to the kettle without stopping to get my breath, lips look blue in the mirror",
    "my husband's mouth has dropped on one side and he can't hold his cup",
    "iki basamak çıkınca soluğum kesiliyor, göğsümün üstünde bir ağırlık var",
    "baldirim tas gibi sisti, tek bacak, ustune basamiyorum",
    "se me cierra la garganta y tengo los labios hinchados, no puedo tragar",
    "не могу вдохнуть, как будто на груди кирпич лежит, губы синие",
    "صدري مضغوط كأن عليه حجر وما أقدر آخذ نفس",
    "ich krieg keine luft mehr, schon beim sitzen, und die lippen sind blau",
]
ORDINARY = [
    "thanks, what time is my appointment on tuesday?",
    "all good here, slept well and went for a walk",
    "teşekkürler, her şey yolunda, randevu saat kaçta?",
    "todo bien, gracias, mañana paso a recoger el informe",
    "спасибо, всё хорошо, во сколько приём в понедельник?",
    "الحمدلله تمام، شكرا لكم",
    "alles gut, danke, wann ist mein termin am montag?",
]


@pytest.mark.parametrize("text", ALARMING)
def test_what_alarms_is_at_least_asked_about(reader: Recogniser | SecondLook, thresholds: Thresholds, text: str) -> None:
    assert reader.read(text).red >= thresholds.ask


@pytest.mark.parametrize("text", ORDINARY)
def test_what_is_ordinary_alarms_nobody(reader: Recogniser | SecondLook, thresholds: Thresholds, text: str) -> None:
    assert reader.read(text).red < thresholds.red


def test_the_words_that_weighed_most_are_the_patients_own(reader: Recogniser | SecondLook) -> None:
    text = "Went to the market, then my chest felt crushed and my arm too. Bought plums."
    found = reader.read(text)
    assert text[found.start : found.end] == found.words
    assert found.words
    assert "chest_pain" in {suspicion.symptom for suspicion in found.suspicions}
