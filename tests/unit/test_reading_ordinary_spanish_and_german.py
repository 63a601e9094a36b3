"""What people say in Spanish and German on an ordinary day: it pages nobody, and the same words meant of now still do."""

from __future__ import annotations

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.reading.reader import read
from tests.support.reading import ask, knowledge


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("tengo los dedos azules del esmalte", None),
        ("me quería morir de la vergüenza", None),
        ("las manos negras de hollín, limpié la chimenea", None),
        ("la taza roja es de la remolacha", None),
        ("un turista se desmayó en la cola", None),
        ("se desmayó el alcalde en la procesión", None),
        ("hace como unos treinta años perdí el conocimiento, qué susto", None),
        ("perdí el conocimiento en el 71", None),
        ("me quedé dormida en la butaca", None),
        ("los plazos me tienen asfixiada", None),
        ("fiesta de fin de trimestre", None),
        ("hice un curso de primeros auxilios", None),
        ("sos la mejor", None),
        ("derramé el vino en el mantel", None),
        ("oigo castañuelas y tambores", None),
        ("ando media hora cada tarde", None),
        ("si algún día se me cierra la garganta, ¿a quién llamo?", None),
        ("39 camisas planchadas", "temperature"),
        ("104 hectáreas de olivos", "heart"),
        ("leímos 40:31", "temperature"),
        ("40 grados en el patio y yo a 36,5", "temperature"),
        ("sí, respiro", "breathing"),
        ("Hoy 39 grados en Murcia, qué calor", "temperature"),
        ("el dentista me durmió media cara", None),
        ("Nico se desmayó en el recreo, yo sigo bien", None),
    ],
)
def test_an_ordinary_day_in_spanish_pages_nobody(text: str, asked: str | None) -> None:
    assert ask(text, asked).disposition < Disposition.SAME_DAY


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("tengo los dedos azules y fríos", None),
        ("perdí el conocimiento en la procesión", None),
        ("me asfixio", None),
        ("media hora con palpitaciones", None),
        ("anoche temblé tanto que crujía la cama", None),
        ("39 grados", "temperature"),
        ("39 clavados", "temperature"),
        ("tengo la saturación en el 85", None),
        ("me desmayé en la boda", None),
        ("me falta el aire desde que pinté la habitación", None),
        ("39 grados en la axila", "temperature"),
        ("se me durmió media cara", None),
        ("tengo el oxígeno en el 82", "breathing"),
        ("el oxígeno en el 95 y me falta el aire", None),
        ("sí", "breathing"),
        ("la mano izquierda no me obedece", None),
        ("al limpiarme no siento el papel", None),
        ("una navaja en el costado al coger aire", None),
        ("paro en cada portal a recuperar el resuello", None),
        ("me quiero borrar del mapa", None),
        ("heces negras y pegajosas", None),
        ("me aprieta el pecho como si alguien se hubiera sentado encima", None),
    ],
)
def test_the_same_words_meant_of_now_page_in_spanish(text: str, asked: str | None) -> None:
    assert ask(text, asked).disposition.red


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("mir sollen keine Beschwerden anfangen", None),
        ("ein Zuschauer ist umgekippt, mir geht es gut, ich bin fit", None),
        ("der Moritz hat 39,6, ich bin 36,5", "temperature"),
        ("einer im Publikum hat Nasenbluten gehabt", None),
        ("vor ein paar Jahren bin ich umgekippt", None),
        ("meine Finger sind blau vom Nagellack", None),
        ("der neue Umbau kostet mich Blut und Nerven", None),
        ("mir gefriert das Blut in den Adern", None),
        ("Luft ja", "breathing"),
        ("Fieber nei, Husten nei", None),
        ("Kaa Fieber, kaa Husten", None),
        ("Blut bei der Ziege, nicht bei mir, das war nicht ich", None),
        ("39 Grad hatte das Badewasser", "temperature"),
        ("beide Waden gleich dick", None),
        ("Heute 39 Grad in Graz, ich schwitze", "temperature"),
        ("Muss ich mich melden, wenn das Bein dick wird?", None),
        ("gestern geduscht und Schnecken gegessen", None),
    ],
)
def test_an_ordinary_day_in_german_pages_nobody(text: str, asked: str | None) -> None:
    assert ask(text, asked).disposition < Disposition.SAME_DAY


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("ich bin umgekippt", None),
        ("meine Finger sind blau und kalt", None),
        ("die Wunde stinkt faulig", None),
        ("39,6", "temperature"),
        ("39 Grad in letzter Nacht", "temperature"),
        ("ich kriege keine Luft, nicht nur nachts", None),
        ("der kleine Finger ist schwarz und ohne Gefühl", None),
        ("Herr Doktor, ich habe Blut gespuckt", None),
        ("wirklich nicht, ich bekomme keine Luft", None),
        ("mein Mundwinkel hängt", None),
        ("die linke Hand gehorcht nicht", None),
        ("bin auf den Badfliesen aufgewacht", None),
        ("wie ein Messer bei jedem Atemzug", None),
        ("beim Räuspern kommt rotes mit", None),
        ("im Klo schwarz wie Teer", None),
        ("auf dem rechten Auge ein Vorhang", None),
        ("die Hose war nass, ohne dass ich es gemerkt habe", None),
    ],
)
def test_the_same_words_meant_of_now_page_in_german(text: str, asked: str | None) -> None:
    assert ask(text, asked).disposition.red


def test_a_plural_right_behind_a_number_is_what_is_counted() -> None:
    lexicon = knowledge().lexicon
    assert lexicon.plural("camisas")
    assert not lexicon.plural("grados")
    assert [m.value for m in read("con sudores 38,9", lexicon, "temperature").measures] == [38.9]


def test_a_word_of_three_letters_is_heard_in_its_own_language_alone() -> None:
    lexicon = knowledge().lexicon
    assert not read("das kan ich wieder, das ist super", lexicon).findings
    assert {f.symptom for f in read("idrarda kan var", lexicon).findings} & {"bleeding_bruising", "urinary_symptoms"}
