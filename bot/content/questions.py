"""bot/catalogue/questions.yaml -> the questions that check-ins may ask."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.content.problems import ProblemsFound, did_you_mean
from bot.content.yaml_source import Fields, FlawedError, Node, Source
from bot.core.careplan.question import Option, Question
from bot.core.clinical.finding import Finding, Reader, Status

MAX_BUTTONS = 6
MAX_BUTTONS_OF_A_FOLLOW_UP = 9
"""Only "which of these red flags is it?" needs so many."""

_NO_OPTIONS: tuple[Option, ...] = ()
_NO_FINDINGS: tuple[Finding, ...] = ()

Symptoms = Mapping[str, frozenset[str]]
"""Every symptom id of the catalogue with its qualities."""


def load_questions(
    path: Path,
    *,
    symptoms: Symptoms | None = None,
    message_keys: Collection[str] | None = None,
    shown: str | None = None,
) -> dict[str, Question]:
    """Reads the file; questions keep its order. Raises ProblemsFound with everything that is wrong with it.

    ``symptoms`` are taken from the symptoms/ folder beside the file where they are not given. Where ``message_keys`` are given
    (all keys of messages/en), a question or button without a text is a problem too.
    """
    source = Source.read(path, shown)
    known = load_symptom_ids(path.parent / "symptoms") if symptoms is None else symptoms
    reader = QuestionReader(known, frozenset(message_keys) if message_keys is not None else None)
    try:
        fields = source.root().fields(required=["questions"])
        entries = dict(fields.found["questions"].pairs()) if fields.has("questions") else {}
    except FlawedError:
        entries = {}
    questions = {}
    for question_id, node in entries.items():
        try:
            questions[question_id] = reader.question(question_id, node)
        except FlawedError:
            continue
    if not source.problems:
        _check_follow_ups(questions, entries)
    source.check()
    return questions


def load_symptom_ids(directory: Path) -> dict[str, frozenset[str]]:
    """Symptom ids and qualities as the catalogue's files have them; a file that cannot be read is left to its own loader."""
    found: dict[str, frozenset[str]] = {}
    for path in sorted(directory.glob("*.yaml")):
        try:
            root = dict(Source.read(path).root().pairs())
            name = root["symptom"].string()
            found[name] = frozenset(key for key, _ in root["qualities"].pairs()) if "qualities" in root else frozenset()
        except (ProblemsFound, FlawedError, KeyError):
            found[path.stem] = frozenset()
    return found


@dataclass(frozen=True)
class QuestionReader:
    """Reads questions and their buttons against the catalogue's symptoms; texts too, where ``message_keys`` are given."""

    symptoms: Symptoms
    message_keys: frozenset[str] | None

    def question(self, question_id: str, node: Node) -> Question:
        """One entry of questions.yaml."""
        fields = node.fields(required=["code", "topic", "covers", "options"], optional=["if_yes", "if_no"])
        options = fields.get("options", lambda n: self._options(question_id, n), _NO_OPTIONS)
        self._need_text(node, f"question.{question_id}.text")
        return Question(
            id=question_id,
            code=fields.get("code", Node.words, ""),
            topic=fields.get("topic", Node.words, ""),
            covers=fields.get("covers", lambda n: n.items(self._symptom), ()),
            options=options,
            if_yes=self._meant("if_yes", fields, options),
            if_no=self._meant("if_no", fields, options),
        )

    def _meant(self, key: str, fields: Fields, options: tuple[Option, ...]) -> str | None:
        """The option that a bare yes or no amounts to; not judged where the options themselves are flawed."""
        ids = {option.id: option.id for option in options}
        return fields.get(key, lambda n: n.choice(ids), None) if ids else None

    def _options(self, question_id: str, node: Node) -> tuple[Option, ...]:
        options = []
        for option_id, child in node.pairs():
            self._need_text(child, f"question.{question_id}.option.{option_id}")
            try:
                options.append(self.option(option_id, child, child.fields(optional=["says", "denies", "follow_up"])))
            except FlawedError:
                continue
        if not options:
            raise node.fail(f"the question {question_id!r} has no button", "add an option", "no-option")
        return tuple(options)

    def option(self, option_id: str, node: Node, fields: Fields) -> Option:
        """One button: what it says and denies."""
        says = fields.get("says", self._says, _NO_FINDINGS)
        denies = fields.get("denies", lambda n: n.items(self._denied), _NO_FINDINGS)
        both = {f.symptom for f in says} & {f.symptom for f in denies}
        if both:
            raise node.fail(f"{', '.join(sorted(both))} is said and denied by one button", "keep one of them", "contradiction")
        return Option(id=option_id, findings=(*says, *denies), follow_up=fields.get("follow_up", Node.words, None))

    def _says(self, node: Node) -> tuple[Finding, ...]:
        findings = []
        for symptom, qualities in node.pairs():
            if symptom not in self.symptoms:
                raise node.fail(f"the symptom {symptom!r} is not known", did_you_mean(symptom, self.symptoms), "unknown-symptom")
            names = _qualities(qualities, self.symptoms[symptom])
            findings.append(Finding(symptom=symptom, qualities=names, reader=Reader.ANSWER))
        return tuple(findings)

    def _denied(self, node: Node) -> Finding:
        return Finding(symptom=self._symptom(node), status=Status.NEGATED, reader=Reader.ANSWER)

    def _symptom(self, node: Node) -> str:
        symptom = node.words()
        if symptom not in self.symptoms:
            raise node.fail(f"the symptom {symptom!r} is not known", did_you_mean(symptom, self.symptoms), "unknown-symptom")
        return symptom

    def _need_text(self, node: Node, key: str) -> None:
        if self.message_keys is not None and key not in self.message_keys:
            node.fail(f"there is no text {key!r}", f"add it to messages/en/questions.yaml as {key}", "missing-text")


def _qualities(node: Node, known: frozenset[str]) -> frozenset[str]:
    return frozenset(node.items(lambda child: _quality(child, known)))


def _quality(node: Node, known: frozenset[str]) -> str:
    quality = node.words()
    if quality not in known:
        raise node.fail(f"the symptom has no quality {quality!r}", did_you_mean(quality, known), "unknown-quality")
    return quality


def _check_follow_ups(questions: Mapping[str, Question], nodes: Mapping[str, Node]) -> None:
    """Every follow-up exists, none leads back to where it came from, and no question has too many buttons."""
    targets = {option.follow_up for question in questions.values() for option in question.options if option.follow_up}
    for question in questions.values():
        node = nodes[question.id]
        for option in question.options:
            if option.follow_up and option.follow_up not in questions:
                node.fail(
                    f"the follow-up {option.follow_up!r} of {question.id}.{option.id} is no question",
                    did_you_mean(option.follow_up, questions),
                    "unknown-question",
                )
            elif option.follow_up and question.id in _reachable(option.follow_up, questions):
                node.fail(f"{question.id}.{option.id} leads back to its own question", "break the circle", "follow-up-circle")
        most = MAX_BUTTONS_OF_A_FOLLOW_UP if question.id in targets else MAX_BUTTONS
        if len(question.options) > most:
            node.fail(f"{len(question.options)} buttons are too many to read on a phone", f"at most {most}", "too-many-buttons")


def _reachable(start: str, questions: Mapping[str, Question]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        current = waiting.pop()
        if current not in found and current in questions:
            found.add(current)
            waiting += [option.follow_up for option in questions[current].options if option.follow_up]
    return found
