"""schedules/questions.yaml -> the clinic's own questions, with their words in each language beside what each button says.

What a symptom means stays in the catalogue: a button can only say or deny what the catalogue knows, and its rules decide. Own ids
begin with ``own_``, so that none is ever taken for one of the catalogue's, now or later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.content.messages import LANGUAGES, SOURCE_LANGUAGE, Messages, check_text
from bot.content.problems import Problem, did_you_mean
from bot.content.questions import MAX_BUTTONS, QuestionReader, Symptoms
from bot.content.yaml_source import Fields, FlawedError, Node, Source
from bot.core.careplan.question import Option, Question

FILE = "questions.yaml"
OWN = re.compile(r"own_[a-z0-9_]{1,36}\Z")


@dataclass(frozen=True, kw_only=True)
class OwnQuestions:
    """``texts``: language to key to sentence, to be laid over the shipped ones."""

    questions: Mapping[str, Question] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unasked: Mapping[str, Problem] = field(default_factory=dict)
    """What to say of each where no schedule asks it."""
    text: str = ""
    """The file as it was read: part of the version of each schedule that asks one of them."""

    def over(self, questions: Mapping[str, Question]) -> dict[str, Question]:
        """The catalogue's questions and these."""
        return {**questions, **self.questions}

    def over_messages(self, messages: Messages) -> Messages:
        """The shipped texts and these; a language without shipped texts stays without."""
        texts = {language: {**known, **self.texts.get(language, {})} for language, known in messages.texts.items()}
        return replace(messages, texts=texts)


def load_own_questions(path: Path | Source, symptoms: Symptoms, *, shown: str | None = None) -> OwnQuestions:
    """Reads the file (or what was read of it). Raises ProblemsFound with everything that is wrong with it."""
    source = path if isinstance(path, Source) else Source.read(path, shown)
    reader = _Reader(QuestionReader(symptoms, None))
    questions: dict[str, Question] = {}
    try:
        fields = source.root().fields(required=["questions"])
        entries = dict(fields.found["questions"].pairs()) if fields.has("questions") else {}
    except FlawedError:
        entries = {}
    for name, node in entries.items():
        try:
            if not OWN.match(name):
                key = fields.found["questions"].key(name)
                raise key.fail(f"{name!r} is no id for a question of your own", f"begin it with own_: own_{name}", "type")
            questions[name] = reader.question(name, node)
        except FlawedError:
            continue
    source.check()
    keys = fields.found["questions"]
    for name in questions:
        place = keys.key(name).node
        source.warn(place, f"no schedule asks {name!r}", "add it to the `asks` of a check-in, or take it out", "never-asked")
    unasked = dict(zip(questions, source.warnings, strict=True))
    return OwnQuestions(questions=questions, texts=reader.texts, unasked=unasked, text=source.text)


@dataclass
class _Reader:
    catalogue: QuestionReader
    texts: dict[str, dict[str, str]] = field(default_factory=dict)

    def question(self, name: str, node: Node) -> Question:
        fields = node.fields(required=["text", "options"], optional=["if_yes", "if_no"])
        if fields.has("text"):
            self._say(f"question.{name}.text", fields.at("text"))
        none: tuple[Option, ...] = ()
        options = fields.get("options", lambda n: self._options(name, n), none)
        ids = self._option_ids(fields)
        said = [finding.symptom for option in options for finding in option.findings]
        return Question(
            id=name,
            topic=name,
            options=options,
            covers=tuple(dict.fromkeys(said)),
            if_yes=fields.get("if_yes", lambda n: n.choice(ids), None) if ids else None,
            if_no=fields.get("if_no", lambda n: n.choice(ids), None) if ids else None,
        )

    @staticmethod
    def _option_ids(fields: Fields) -> dict[str, str]:
        """As they are written, flawed ones too."""
        if not fields.has("options") or not fields.at("options").is_mapping():
            return {}
        return {option_id: option_id for option_id, _ in fields.at("options").pairs()}

    def _options(self, name: str, node: Node) -> tuple[Option, ...]:
        options = []
        for option_id, child in node.pairs():
            fields = child.fields(required=["label"], optional=["says", "denies"])
            if fields.has("label"):
                self._say(f"question.{name}.option.{option_id}", fields.at("label"))
            try:
                options.append(self.catalogue.option(option_id, child, fields))
            except FlawedError:
                continue
        if not options:
            raise node.fail(f"the question {name!r} has no button", "add an option", "no-option")
        if len(options) > MAX_BUTTONS:
            raise node.fail(
                f"{len(options)} buttons are too many to read on a phone", f"at most {MAX_BUTTONS}", "too-many-buttons"
            )
        return tuple(options)

    def _say(self, key: str, node: Node) -> None:
        """One sentence in each language; English is what stands in for any other."""
        said = dict(node.pairs())
        for language, text in said.items():
            if language not in LANGUAGES:
                text.fail(f"{language!r} is no language of Aftercare", did_you_mean(language, LANGUAGES), "languages")
                continue
            self.texts.setdefault(language, {})[key] = check_text(key, text)
        if SOURCE_LANGUAGE not in said:
            node.fail(
                "the English sentence is missing", "add `en:`; it stands in for any language that is missing", "missing-text"
            )
