"""`aftercare explain`: every way in which a symptom or a rule can alert, with file and line."""

from __future__ import annotations

from collections.abc import Iterator

import click

from bot.app.cli.output import as_json, print_json
from bot.app.settings import Settings
from bot.content.catalogue import load_rule_book
from bot.content.clinic import load_clinic
from bot.content.library import CATALOGUE
from bot.content.problems import did_you_mean
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.rules import Allowance, MilderForm, Modifier, Rule, RuleBook, Tally
from bot.core.escalation.policy import Clinic

Line = dict[str, str]
_Anything = Rule | MilderForm | Modifier | Allowance | Tally


@click.command()
@click.argument("name", metavar="RULE-ID|SYMPTOM")
@as_json
def explain(name: str, json_wanted: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Every way in which it can alert: the rules, what raises or lowers them, who is told."""
    settings = Settings.load()
    rules = load_rule_book(CATALOGUE)
    clinic = load_clinic(settings.schedules / "clinic.yaml")
    lines = list(explained(name, rules, clinic))
    if not lines:
        known = [*rules.symptoms, *(rule.id for rule in rules.rules())]
        raise click.BadParameter(f"{name!r} is no symptom and no rule; {did_you_mean(name, known)}", param_hint="RULE-ID|SYMPTOM")
    if json_wanted:
        print_json({"name": name, "content": rules.version, "ways": lines})
        return
    for line in lines:
        click.echo(f"{line['disposition']:<12} {line['id']}\n    {line['reason']}\n    {line['where']}; {line['told']}")


def explained(name: str, rules: RuleBook, clinic: Clinic) -> Iterator[Line]:
    """The highest level first; nothing for an unknown name."""
    if name in rules.symptoms:
        found: list[_Anything] = [*rules.about(name), *rules.symptoms[name].milder, *rules.modifiers_of.get(name, ())]
        yield from (
            _line(rule, clinic)
            for rule in sorted({rule.id: rule for rule in found}.values(), key=lambda rule: (-_level(rule), rule.id))
        )
        return
    rule = rules.rule(name)
    if rule is not None:
        yield _line(rule, clinic)
        symptom = rule.symptom if isinstance(rule, Rule) else None
        yield from (_line(modifier, clinic) for modifier in rules.modifiers_of.get(symptom or "", ()))


def _level(rule: _Anything) -> Disposition:
    return rule.up_to if isinstance(rule, Modifier) else rule.disposition


def _line(rule: _Anything, clinic: Clinic) -> Line:
    level = _level(rule)
    word = f"+1, to {level.word}" if isinstance(rule, Modifier) else level.word
    reason = f"{rule.reason} ({rule.source})" if rule.source else rule.reason
    return {"id": rule.id, "disposition": word, "reason": reason, "where": rule.where, "told": _told(level, clinic)}


def _told(level: Disposition, clinic: Clinic) -> str:
    policy = clinic.policy_for(level)
    if policy is None:
        return "nobody is paged"
    first = policy.steps[0]
    return f"pages {', '.join([*(f'rota {rota}' for rota in first.rotas), *first.clinicians])} first"
