"""What patients and clinicians read: English sources in YAML, translations in gettext PO.

``messages/en/*.yaml`` (all but vocabulary.yaml) holds nested fields that flatten to dotted keys: ``question.temperature.text``.
``messages/<language>/messages.po`` holds the translations: msgctxt is the key, msgid the English sentence. A translation whose English
has changed since, or that is marked fuzzy, is not used: nobody is sent a stale clinical sentence, English stands in for it.
A text may hold ``{parameters}`` and the tags <b> and <i>; every parameter is escaped as the last step. The space between a number and
its unit never breaks across lines, however it was typed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

from bot.content.message_budget import over_budget
from bot.content.problems import Problem, ProblemsFound
from bot.content.yaml_source import Node, Source

SOURCE_LANGUAGE = "en"
LANGUAGES = {"en": "English", "tr": "Türkçe", "es": "Español", "ru": "Русский", "ar": "العربية", "de": "Deutsch"}
"""Every language that the product can speak, by its own name."""

_PARAMETER = re.compile(r"\{(\w*)\}")
_TAG = re.compile(r"</?[^<>]*>")
_SPACE_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:°C|°F|kg|mmol/L|mg/dL|кг|ммоль/л|мг/дл|درجة)(?!\w))")
_ALLOWED_TAGS = {"<b>", "</b>", "<i>", "</i>"}


@dataclass(frozen=True)
class Messages:
    """All texts of all languages. ``texts`` maps language to key to text."""

    texts: Mapping[str, Mapping[str, str]]
    stale: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """(language, key) of translations that are not used because their English changed or they are fuzzy."""

    @property
    def languages(self) -> Mapping[str, str]:
        """Code to own name of the languages that have texts, English first."""
        return {code: name for code, name in LANGUAGES.items() if code in self.texts}

    @property
    def keys(self) -> frozenset[str]:
        """Every key that the English source has."""
        return frozenset(self.texts[SOURCE_LANGUAGE])

    def has(self, key: str) -> bool:
        """Whether the English source has this key."""
        return key in self.texts[SOURCE_LANGUAGE]

    def text(self, language: str, key: str, **params: str) -> str:
        """The message as Telegram HTML, its parameters escaped. Raises KeyError for a key that no file has."""
        template = self._template(language, key)
        return template.format_map({name: html.escape(params[name], quote=False) for name in _parameters(template)})

    def label(self, language: str, key: str, **params: str) -> str:
        """The message as plain text, for buttons."""
        return _without_tags(self._template(language, key)).format_map(params)

    def template(self, language: str, key: str) -> str:
        """The sentence as it stands in the file, its parameters unfilled. Raises KeyError for a key that no file has."""
        return self._template(language, key)

    def _template(self, language: str, key: str) -> str:
        found = self.texts.get(language, {}).get(key)
        return found if found is not None else self.texts[SOURCE_LANGUAGE][key]


@lru_cache(maxsize=4096)
def _parameters(template: str) -> frozenset[str]:
    return frozenset(_PARAMETER.findall(template))


@lru_cache(maxsize=4096)
def _without_tags(template: str) -> str:
    return html.unescape(_TAG.sub("", template))


def load_messages(directory: Path) -> Messages:
    """Reads every language's folder. Raises ProblemsFound with all problems of all files."""
    problems: list[Problem] = []
    english = _load_english(directory / SOURCE_LANGUAGE, problems)
    texts: dict[str, Mapping[str, str]] = {SOURCE_LANGUAGE: english}
    stale: list[tuple[str, str]] = []
    for path in sorted(directory.glob("*/messages.po")):
        language = path.parent.name
        texts[language], outdated = _load_translation(path, english, problems)
        stale += [(language, key) for key in outdated]
    if problems:
        raise ProblemsFound(problems)
    return Messages(texts, tuple(stale))


def _load_english(directory: Path, problems: list[Problem]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in sorted(directory.glob("*.yaml")):
        if path.name == "vocabulary.yaml":
            continue
        try:
            source = Source.read(path)
            for key, node in _leaves(source.root(), ""):
                if key in texts:
                    node.fail(f"the key {key!r} is in another file already", "keep one of them", "duplicate-key")
                texts[key] = check_text(key, node)
            source.check()
        except ProblemsFound as found:
            problems += found.problems
    return texts


def _leaves(node: Node, prefix: str) -> Iterator[tuple[str, Node]]:
    for name, value in node.pairs():
        key = f"{prefix}{name}"
        if value.is_mapping():
            yield from _leaves(value, f"{key}.")
        else:
            yield key, value


def check_text(key: str, node: Node) -> str:
    """The sentence at this place; a flaw in it, or too long a one, is recorded there."""
    text = _unbreakable(node.string())
    flaw = _flaw(text)
    cost = over_budget(key, text)
    if flaw:
        node.fail(flaw, rule="message-text")
    elif cost:
        node.fail(f"{key} {cost}", "say it shorter, or in two texts", "sms-budget")
    return text


def _unbreakable(text: str) -> str:
    """Keeps "39 °C" on one line: a no-break space before the unit, so that nobody has to type one."""
    return _SPACE_BEFORE_UNIT.sub("\u00a0", text.strip())


def _flaw(text: str) -> str | None:
    if not text:
        return "the text is empty"
    unknown = [tag for tag in _TAG.findall(text) if tag not in _ALLOWED_TAGS]
    if unknown:
        return f"the tag {unknown[0]} is not allowed; only <b> and <i> are"
    for letter in "bi":
        if text.count(f"<{letter}>") != text.count(f"</{letter}>"):
            return f"<{letter}> and </{letter}> do not pair"
    if "" in _PARAMETER.findall(text) or "{" in _PARAMETER.sub("", text) or "}" in _PARAMETER.sub("", text):
        return "a parameter is written {name}; other braces are not allowed"
    return None


def _load_translation(path: Path, english: Mapping[str, str], problems: list[Problem]) -> tuple[dict[str, str], list[str]]:
    texts: dict[str, str] = {}
    outdated: list[str] = []
    for key, source_text, translation, fuzzy, line in _entries(path, problems):
        if fuzzy or english.get(key) != source_text:
            outdated.append(key)
            continue
        flaw = _flaw(translation) or _parameter_flaw(english[key], translation)
        if flaw:
            problems.append(Problem(path=path.as_posix(), line=line, col=1, message=f"{key}: {flaw}", rule="message-text"))
        elif cost := over_budget(key, translation):
            hint = "say it shorter"
            problems.append(
                Problem(path=path.as_posix(), line=line, col=1, message=f"{key} {cost}", hint=hint, rule="sms-budget")
            )
        texts[key] = translation
    return texts, outdated


def _entries(path: Path, problems: list[Problem]) -> Iterator[tuple[str, str, str, bool, int]]:
    for message in _read_catalog(path, problems):
        if isinstance(message.id, str) and message.id and isinstance(message.string, str) and message.string:
            yield (
                message.context or "",
                _unbreakable(message.id),
                _unbreakable(message.string),
                message.fuzzy,
                message.lineno or 1,
            )


def _read_catalog(path: Path, problems: list[Problem]) -> Catalog:
    try:
        with path.open("rb") as file:
            return read_po(file, locale=None, abort_invalid=True)
    except (OSError, UnicodeDecodeError, PoFileError) as error:
        line = (getattr(error, "lineno", 0) or 0) + 1
        problems.append(Problem(path=path.as_posix(), line=line, col=1, message=f"cannot be read: {error}", rule="file"))
        return Catalog()


def _parameter_flaw(english: str, translation: str) -> str | None:
    missing = set(_PARAMETER.findall(english)) ^ set(_PARAMETER.findall(translation))
    return f"the parameters differ from the English text: {', '.join(sorted(missing))}" if missing else None
