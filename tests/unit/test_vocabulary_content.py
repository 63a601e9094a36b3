from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.problems import ProblemsFound
from bot.content.vocabulary import load_lexicon
from bot.core.reading.lexicon import Kind
from tests.support.reading import ROOT, knowledge

LANGUAGES = ("en", "tr", "es", "ru", "ar", "de")
DECLARED = {"fever": frozenset({"high"}), "chest_pain": frozenset({"tight"})}


def _load(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "messages" / "en"
    folder.mkdir(parents=True)
    (folder / "vocabulary.yaml").write_text(text, "utf-8")
    load_lexicon(tmp_path / "messages", DECLARED)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_symptom_of_the_catalogue_has_phrases_in_every_language(language: str) -> None:
    said = {e.symptom for e in knowledge().lexicon.entries if e.language == language and e.kind is Kind.SYMPTOM}
    assert said == set(knowledge().rules.symptoms)


def test_every_symptom_and_quality_of_the_vocabularies_is_declared_in_the_catalogue() -> None:
    symptoms = knowledge().rules.symptoms
    known = {quality for symptom in symptoms.values() for quality in symptom.qualities}
    for entry in knowledge().lexicon.entries:
        allowed = set(symptoms[entry.symptom].qualities) if entry.symptom else known
        assert entry.qualities <= allowed, entry.where


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_vocabulary_that_no_native_clinician_has_read_says_so_at_its_top(language: str) -> None:
    first = (ROOT / "messages" / language / "vocabulary.yaml").read_text("utf-8").splitlines()[0]
    assert "WAITING FOR A NATIVE CLINICIAN" in first


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("language: en\nsymptoms:\n  fevr: [hot]\n", ":3:", "no symptom is called 'fevr'"),
        ("language: en\nsymptoms:\n  fever:\n    - qualities: [hihg]\n      phrases: hot\n", ":4:", "has no quality 'hihg'"),
        ("language: en\nsymptoms:\n  fever: [<leg> hot]\n", ":3:", "no class of words is called <leg>"),
        ("language: en\nnegator: no\n", ":2:", "unknown field 'negator'"),
        ("language: en\nwords:\n  leg: [left leg]\n", ":3:", "must be one word"),
        ("language: en\nfine: '?!'\n", ":2:", "is no word"),
    ],
)
def test_a_faulty_vocabulary_is_refused_with_file_and_line(tmp_path: Path, text: str, where: str, message: str) -> None:
    with pytest.raises(ProblemsFound) as raised:
        _load(tmp_path, text)
    assert f"messages/en/vocabulary.yaml{where}" in str(raised.value)
    assert message in str(raised.value)


def test_an_alternative_of_several_words_without_its_underscore_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as raised:
        _load(tmp_path, "language: en\nfine: back to normal|work|the gym\n")
    assert "'normal|work|the gym' reads as if its last alternative were several words" in str(raised.value)


def test_alternatives_that_begin_with_the_short_word_are_meant_one_by_one(tmp_path: Path) -> None:
    _load(tmp_path, "language: en\nfine: back to normal|work|the_gym; fell to the|one side\n")
