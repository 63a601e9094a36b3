"""Texts: English from YAML, translations from PO, parameters escaped, stale translations left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.messages import Messages, load_messages
from bot.content.problems import ProblemsFound

PO_HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def written(tmp_path: Path, english: str, turkish: str = "") -> Path:
    for language in ("en", "tr"):
        (tmp_path / language).mkdir()
    (tmp_path / "en" / "texts.yaml").write_text(english, encoding="utf-8")
    if turkish:
        (tmp_path / "tr" / "messages.po").write_text(PO_HEADER + turkish, encoding="utf-8")
    return tmp_path


def entry(key: str, english: str, translation: str, flag: str = "") -> str:
    return f'{flag}msgctxt "{key}"\nmsgid "{english}"\nmsgstr "{translation}"\n\n'


def test_nested_fields_become_dotted_keys(tmp_path: Path) -> None:
    messages = load_messages(written(tmp_path, "question:\n  sleep:\n    text: How did you sleep?\n"))
    assert messages.text("en", "question.sleep.text") == "How did you sleep?"


def test_a_parameter_is_escaped_in_a_text_and_left_as_it_is_in_a_label(tmp_path: Path) -> None:
    messages = load_messages(written(tmp_path, "hello: <b>Hello</b> {name}\n"))
    assert messages.text("en", "hello", name="<i>A&B") == "<b>Hello</b> &lt;i&gt;A&amp;B"
    assert messages.label("en", "hello", name="A&B") == "Hello A&B"


def test_a_translation_is_used_and_a_missing_one_falls_back_to_english(tmp_path: Path) -> None:
    messages = load_messages(written(tmp_path, "yes: 'Yes'\nno: 'No'\n", entry("yes", "Yes", "Evet")))
    assert messages.label("tr", "yes") == "Evet"
    assert messages.label("tr", "no") == "No"
    assert list(messages.languages) == ["en", "tr"]


@pytest.mark.parametrize("stale", [entry("yes", "Yes, old", "Evet"), entry("yes", "Yes", "Evet", "#, fuzzy\n")])
def test_a_translation_of_an_older_sentence_is_never_sent(tmp_path: Path, stale: str) -> None:
    messages = load_messages(written(tmp_path, "yes: 'Yes'\n", stale))
    assert messages.label("tr", "yes") == "Yes"
    assert messages.stale == (("tr", "yes"),)


@pytest.mark.parametrize(
    ("english", "complaint"),
    [
        ("a: <u>x</u>\n", "the tag <u> is not allowed"),
        ("a: <b>x\n", "<b> and </b> do not pair"),
        ("a: x {} y\n", "a parameter is written {name}"),
        ("a: 'x } y'\n", "other braces are not allowed"),
        ("a: ''\n", "the text is empty"),
        ("a:\n  b: x\na.b: y\n", "is in another file already"),
    ],
)
def test_a_flawed_english_text_is_refused_with_its_line(tmp_path: Path, english: str, complaint: str) -> None:
    with pytest.raises(ProblemsFound, match=r"texts\.yaml") as caught:
        load_messages(written(tmp_path, english))
    assert complaint in str(caught.value)


def test_a_translation_with_other_parameters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match="the parameters differ from the English text: ad, name"):
        load_messages(written(tmp_path, "hello: Hello {name}\n", entry("hello", "Hello {name}", "Merhaba {ad}")))


def test_a_number_is_never_parted_from_its_unit_in_any_language(tmp_path: Path) -> None:
    translated = entry("hot", "39 °C (102 °F) or more", "39 °C (102 °F) veya fazlası")
    messages = load_messages(written(tmp_path, "hot: 39 °C (102 °F) or more\n", translated))
    assert messages.label("en", "hot") == "39\u00a0°C (102\u00a0°F) or more"
    assert messages.label("tr", "hot") == "39\u00a0°C (102\u00a0°F) veya fazlası"
    assert messages.stale == ()


def test_a_broken_po_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match="cannot be read"):
        load_messages(written(tmp_path, "yes: 'Yes'\n", "a line that is no gettext\n"))


def test_an_unknown_key_raises() -> None:
    with pytest.raises(KeyError):
        Messages({"en": {}}).text("en", "nowhere")
