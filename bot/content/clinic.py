"""schedules/clinic.yaml, schedules/clinics/*.yaml -> Clinic: numbers, people, rotas, and the chains of paging."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from bot.content.clinic_rota import read_person, read_rota
from bot.content.problems import did_you_mean
from bot.content.yaml_source import Fields, FlawedError, Node, Source, field_of
from bot.core.clinical.disposition import Disposition
from bot.core.escalation.policy import MAIN, Clinic, EscalationPolicy, PolicyStep, Rota

LEVELS = {disposition.word: disposition for disposition in Disposition if disposition >= Disposition.SAME_DAY}
MUST_PAGE = (Disposition.EMERGENCY, Disposition.URGENT)
DEFAULT_ESCALATION = "default"
ROTA_PREFIX = "rota "
FOLDER = "clinics"
"""Where the files of further clinics stand, beside clinic.yaml."""

_LONGEST_WAIT = {Disposition.EMERGENCY: timedelta(minutes=15), Disposition.URGENT: timedelta(hours=1)}
"""A red flag that waits longer than this for the next step is no red flag."""
_USUAL_CALL = {Disposition.EMERGENCY: timedelta(minutes=10), Disposition.URGENT: timedelta(minutes=30)}
_LONGEST_CALL = {Disposition.EMERGENCY: timedelta(minutes=15), Disposition.URGENT: timedelta(hours=1)}
_NO_PEOPLE: dict[str, str] = {}
_NO_ROTAS: tuple[Rota, ...] = ()
_NO_POLICIES: tuple[EscalationPolicy, ...] = ()
_NO_STEPS: tuple[PolicyStep, ...] = ()
_NO_NAMES: tuple[str, ...] = ()


_ID = re.compile(r"[a-z][a-z0-9_-]{0,39}\Z")
_NO_CLINICS: dict[str, Clinic] = {}


def load_clinic(
    path: Path, *, shown: str | None = None, clinic_id: str = MAIN, beside: Mapping[str, Clinic] = _NO_CLINICS
) -> Clinic:
    """Reads one clinic's file. ``version`` is the first 12 hex digits of the SHA-256 of the file.

    ``beside`` are the clinics read before it, by their files: a person who works in two has one name, two clinics have two.
    Raises ProblemsFound with everything that is wrong with it: an hour of the week that nobody covers among it.
    """
    source = Source.read(path, shown)
    version = hashlib.sha256(source.text.encode()).hexdigest()[:12]
    try:
        root = source.root()
        if clinic_id != MAIN or path.parent.name == FOLDER:
            _check_name(root, path, clinic_id)
        fields = root.fields(required=["clinic", "clinicians", "last_resort", "rotas", "escalations"])
        clinic = replace(_clinic(fields, version), id=clinic_id)
        _check_beside(fields, clinic, beside)
    except FlawedError:
        source.check()
        raise
    source.check()
    return clinic


def _clinic(fields: Fields, version: str) -> Clinic:
    about = fields.at("clinic").fields(
        required=["name", "phone", "country", "emergency_number", "crisis_number", "timezone"] if fields.has("clinic") else []
    )
    timezone = about.get("timezone", Node.zone, "UTC")
    people = fields.get("clinicians", lambda n: n.mapping(Node.words), _NO_PEOPLE)
    rotas = fields.get("rotas", lambda n: _rotas(n, timezone, people), _NO_ROTAS)
    last_resort = fields.get("last_resort", lambda n: _people(n, people), _NO_NAMES)
    reader = _Escalations(people=people, rotas=frozenset(rota.id for rota in rotas), last_resort=last_resort)
    return Clinic(
        name=about.get("name", Node.words, ""),
        phone=about.get("phone", _phone, ""),
        country=about.get("country", _country, ""),
        emergency_number=about.get("emergency_number", _phone, ""),
        crisis_number=about.get("crisis_number", _phone, ""),
        timezone=timezone,
        policies=fields.get("escalations", reader.policies, _NO_POLICIES),
        rotas=rotas,
        clinicians=people,
        last_resort=last_resort,
        version=version,
    )


def _check_name(root: Node, path: Path, clinic_id: str) -> None:
    """The file's name is the clinic's id: it stands in commands, and in each patient's row."""
    if path.suffix != ".yaml" or not _ID.match(clinic_id):
        hint = "small letters, digits, - and _, and .yaml at the end: clinics/north.yaml"
        root.fail(f"a clinic's file cannot be called {path.name!r}", hint, "file-name")
    elif clinic_id == MAIN:
        root.fail(f"{MAIN!r} is how the clinic of clinic.yaml is called", "give this file another name", "duplicate-id")


def _check_beside(fields: Fields, clinic: Clinic, beside: Mapping[str, Clinic]) -> None:
    """One short name is one person with one telephone, whatever the clinic; one name is one clinic."""
    for file, other in beside.items():
        if clinic.name and " ".join(clinic.name.split()).casefold() == " ".join(other.name.split()).casefold():
            hint = "patients and clinicians could not tell them apart: add the place, for example"
            field_of(fields.at("clinic"), "name").fail(f"{file} has the name {other.name!r} already", hint, "duplicate-id")
        for person, name in clinic.clinicians.items():
            if other.clinicians.get(person, name) != name:
                message = f"{person!r} is {other.clinicians[person]!r} in {file}"
                hint = "who works in both has the same name in both; somebody else needs a short name of their own"
                fields.at("clinicians").key(person).fail(message, hint, "duplicate-id")


def _call_within(fields: Fields, level: Disposition) -> timedelta:
    """How soon "I'm calling" promises a call: a promise that is longer than a red flag may wait is none."""
    usual = _USUAL_CALL.get(level, timedelta(hours=1))
    within = fields.get("call_within", Node.duration, usual)
    if not within:
        raise fields.at("call_within").fail("a call cannot be promised for at once", "promise 5min or more", "wait")
    if within > _LONGEST_CALL.get(level, within):
        raise fields.at("call_within").fail(
            f"a patient whose alert is {level.word} cannot wait so long for a call",
            f"at most {int(_LONGEST_CALL[level].total_seconds() // 60)}min",
            "wait",
        )
    return within


def _rotas(node: Node, timezone: str, people: Mapping[str, str]) -> tuple[Rota, ...]:
    rotas = []
    for rota_id, child in node.pairs():
        try:
            rotas.append(read_rota(rota_id, child, timezone, people))
        except FlawedError:
            continue
    return tuple(rotas)


def _people(node: Node, people: Mapping[str, str]) -> tuple[str, ...]:
    if node.is_empty():
        raise node.fail("nobody is named here", f"known here: {', '.join(people)}", "nobody")
    return node.items(lambda child: read_person(child, people))


def _phone(node: Node) -> str:
    text = node.words()
    if not re.fullmatch(r"\+?[0-9][0-9 ()/-]{1,24}", text):
        raise node.fail(f"{text!r} is no phone number", "digits and spaces, perhaps a + in front", "phone")
    return text


def _country(node: Node) -> str:
    text = node.words()
    if not re.fullmatch(r"[A-Z]{2}", text):
        raise node.fail(f"{text!r} is no country code", "two capital letters, such as TR or GB", "country")
    return text


@dataclass(frozen=True)
class _Escalations:
    people: Mapping[str, str]
    rotas: frozenset[str]
    last_resort: tuple[str, ...]

    def policies(self, node: Node) -> tuple[EscalationPolicy, ...]:
        found: list[EscalationPolicy] = []
        for name, child in node.pairs():
            levels = {key for key, _ in child.pairs()}
            for level in MUST_PAGE:
                if level.word not in levels:
                    child.fail(f"{name!r} has no chain for {level.word}", f"add `{level.word}:` with its steps", "no-policy")
            found += self._set(name, child)
        if not any(policy.escalation == DEFAULT_ESCALATION for policy in found) and not node.source.problems:
            raise node.fail("there is no escalation 'default'", "name one of them default", "no-policy")
        return tuple(found)

    def _set(self, name: str, node: Node) -> list[EscalationPolicy]:
        found = []
        for word, child in node.pairs():
            if word not in LEVELS:
                child.fail(f"{word!r} is no level that pages", did_you_mean(word, LEVELS), "unknown-value")
                continue
            try:
                found.append(self._policy(name, word, child))
            except FlawedError:
                continue
        return found

    def _policy(self, name: str, word: str, node: Node) -> EscalationPolicy:
        fields = node.fields(required=["steps"], optional=["resolve_within", "call_within"])
        level = LEVELS[word]
        steps = fields.get("steps", lambda n: n.items(lambda child: self._step(child, level)), _NO_STEPS)
        if fields.has("steps") and fields.at("steps").is_empty():
            raise fields.at("steps").fail("a chain without a step reaches nobody", "add `- {page: [...], wait: 5min}`", "no-step")
        if not steps:
            raise FlawedError
        return EscalationPolicy(
            id=word if name == DEFAULT_ESCALATION else f"{name}.{word}",
            disposition=level,
            steps=steps,
            last_resort=self.last_resort,
            resolve_within=fields.get("resolve_within", Node.duration, timedelta(hours=4)),
            call_within=_call_within(fields, level),
            escalation=name,
        )

    def _step(self, node: Node, level: Disposition) -> PolicyStep:
        fields = node.fields(required=["page", "wait"])
        wait = fields.get("wait", Node.duration, timedelta(minutes=5))
        if not wait:
            raise fields.at("wait").fail("a step that waits for nobody is skipped", "wait 1min or more", "wait")
        if wait > _LONGEST_WAIT.get(level, wait):
            raise fields.at("wait").fail(
                f"an alert that is {level.word} cannot wait so long",
                f"at most {int(_LONGEST_WAIT[level].total_seconds() // 60)}min",
                "wait",
            )
        targets = fields.get("page", lambda n: n.items(self._target), _NO_NAMES)
        if fields.has("page") and fields.at("page").is_empty():
            raise fields.at("page").fail("this step pages nobody", "name clinicians, or `rota <name>`", "nobody")
        return PolicyStep(
            wait=wait,
            rotas=tuple(t.removeprefix(ROTA_PREFIX) for t in targets if t.startswith(ROTA_PREFIX)),
            clinicians=tuple(t for t in targets if not t.startswith(ROTA_PREFIX)),
        )

    def _target(self, node: Node) -> str:
        text = node.words()
        if not text.startswith(ROTA_PREFIX):
            return read_person(node, self.people)
        rota = text.removeprefix(ROTA_PREFIX)
        if rota not in self.rotas:
            raise node.fail(f"the rota {rota!r} is not known", did_you_mean(rota, self.rotas), "unknown-rota")
        return text
