"""`aftercare explain`: every way in which a symptom or a rule can alert, with file and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import click

from bot.app.cli.clinics import ONLY
from bot.app.cli.diff import database, published
from bot.app.cli.output import as_json, print_json
from bot.app.comparing import Comparing
from bot.app.settings import Settings
from bot.content import difference_words as words
from bot.content.clinics import CLINIC, load_clinics
from bot.content.folder import schedule_files
from bot.content.own_questions import FILE as OWN_QUESTIONS
from bot.content.problems import ProblemsFound, did_you_mean
from bot.content.versions import live_ones
from bot.core.careplan.schedule import Schedule
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.rules import Allowance, MilderForm, Modifier, Rule, RuleBook, Tally
from bot.core.escalation.policy import MAIN, Clinic, EscalationPolicy
from bot.services.clinics import file_of

Line = dict[str, str]
_Anything = Rule | MilderForm | Modifier | Allowance | Tally


@click.command()
@click.argument("name", metavar="RULE-ID|SYMPTOM")
@ONLY
@as_json
def explain(name: str, clinic: str | None, json_wanted: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Every way in which it can alert: the rules, your own limits, what raises or lowers them, who is told."""
    settings = Settings.load()
    clinics = load_clinics(settings.schedules)
    if clinic is not None and clinic not in clinics:
        raise click.BadParameter(f"there is no clinic {clinic!r}; there are {', '.join(clinics)}", param_hint="--clinic")
    about = clinics[clinic or MAIN]
    paged = {one: chains(of) for one, of in clinics.items() if clinic in {None, one}}
    with database(settings) as store:
        comparing = Comparing(settings, published(store))
    rules = comparing.rules
    lines = list(explained(name, rules, about, list(_schedules(comparing))))
    if not lines:
        known = [*rules.symptoms, *(rule.id for rule in rules.rules())]
        raise click.BadParameter(f"{name!r} is no symptom and no rule; {did_you_mean(name, known)}", param_hint="RULE-ID|SYMPTOM")
    if json_wanted:
        print_json({"name": name, "content": rules.version, "ways": lines, "chains": paged[clinic or MAIN], "clinics": paged})
        return
    for line in lines:
        click.echo(f"{line['disposition']:<12} {line['id']}\n    {line['reason']}\n    {line['where']}; {line['told']}")
    for one, found in paged.items():
        if len(clinics) > 1:
            click.echo(f"at {clinics[one].name} ({file_of(one)}):")
        for chain in found:
            click.echo(f"who is paged for {chain['disposition']} ({chain['escalation']}): {chain['steps']}")


def _schedules(comparing: Comparing) -> Iterator[Schedule]:
    """Each as it is live: its published version, else its file; a file that is not sound is said and left out."""
    live = live_ones(comparing.publications)
    for publication in live.values():
        yield comparing.load(publication).schedule
    for path in schedule_files(comparing.settings.schedules):
        if path.name in {CLINIC, OWN_QUESTIONS}:
            continue
        try:
            found = comparing.side(str(path)).versions.values()
        except ProblemsFound as error:
            click.echo(f"{path} is not sound and left out: run `aftercare check` ({len(error.problems)} problems)", err=True)
            continue
        yield from (version.schedule for version in found if version.schedule.id not in live)


def explained(name: str, rules: RuleBook, clinic: Clinic, schedules: Sequence[Schedule] = ()) -> Iterator[Line]:
    """The highest level first, then what applies to every symptom; nothing for an unknown name."""
    if name in rules.symptoms:
        found: list[_Anything] = [*rules.about(name), *rules.symptoms[name].milder, *rules.modifiers_of.get(name, ())]
        yield from (
            _line(rule, clinic)
            for rule in sorted({rule.id: rule for rule in found}.values(), key=lambda rule: (-_level(rule), rule.id))
        )
        yield from _own_limits(name, rules, clinic, schedules)
        yield from _together(found, rules, clinic)
        return
    rule = rules.rule(name)
    if rule is not None:
        yield _line(rule, clinic)
        symptom = rule.symptom if isinstance(rule, Rule) else None
        yield from (_line(modifier, clinic) for modifier in rules.modifiers_of.get(symptom or "", ()))


def _own_limits(symptom: str, rules: RuleBook, clinic: Clinic, schedules: Iterable[Schedule]) -> Iterator[Line]:
    """What a schedule asks for beyond the catalogue, at readings that this symptom is about."""
    measures = {measure for rule in rules.about(symptom) if rule.symptom == symptom for measure in rule.measures}
    measures |= {limit.measure for limit in rules.numbers.decide.get(symptom, ())}
    for schedule in schedules:
        for limit in schedule.thresholds:
            if limit.measure not in measures:
                continue
            kind = rules.measures[limit.measure]
            high = limit.at_least is not None
            value = f"{words.number(limit.at_least if high else limit.at_most, kind)} {words.unit(kind)}".strip()
            yield {
                "id": f"{schedule.id}.thresholds",
                "disposition": limit.disposition.word,
                "reason": f"The schedule's own limit: {kind.words} of {value} or {'more' if high else 'less'}",
                "where": limit.where,
                "told": _told(limit.disposition, clinic, schedule.escalation),
            }


def _together(found: Sequence[_Anything], rules: RuleBook, clinic: Clinic) -> Iterator[Line]:
    """What several findings or readings come to together, and the one rule that may lower."""
    ids = {rule.id for rule in found}
    measures = {measure for rule in found if isinstance(rule, Rule) for measure in rule.measures}
    if rules.tally is not None and any(_level(rule) is rules.tally.of for rule in found):
        yield _line(rules.tally, clinic)
    warning = rules.early_warning
    if warning is not None and measures & {scale.measure for scale in warning.scales}:
        level = max([warning.single[1], *(disposition for _, disposition in warning.totals)])
        told = _told(level, clinic)
        reason = f"{warning.reason} ({warning.source})"
        yield {
            "id": "early_warning",
            "disposition": f"up to {level.word}",
            "reason": reason,
            "where": warning.where,
            "told": told,
        }
    if rules.allowance is not None and ids & rules.allowance.waives:
        line = _line(rules.allowance, clinic)
        yield {**line, "disposition": f"lowers to {rules.allowance.disposition.word}"}


def _level(rule: _Anything) -> Disposition:
    return rule.up_to if isinstance(rule, Modifier) else rule.disposition


def _line(rule: _Anything, clinic: Clinic) -> Line:
    level = _level(rule)
    word = f"+1, to {level.word}" if isinstance(rule, Modifier) else level.word
    reason = f"{rule.reason} ({rule.source})" if rule.source else rule.reason
    return {"id": rule.id, "disposition": word, "reason": reason, "where": rule.where, "told": _told(level, clinic)}


def _told(level: Disposition, clinic: Clinic, escalation: str = "default") -> str:
    policy = clinic.policy_for(level, escalation)
    if policy is None:
        return "nobody is paged"
    first = policy.steps[0]
    return f"pages {', '.join([*(f'rota {rota}' for rota in first.rotas), *first.clinicians])} first"


def chains(clinic: Clinic) -> list[Line]:
    """Every chain of paging from its first step to the last resort, the most urgent first."""
    ordered = sorted(clinic.policies, key=lambda policy: (policy.escalation, -policy.disposition))
    return [{"escalation": p.escalation, "disposition": p.disposition.word, "steps": _steps(p)} for p in ordered]


def _steps(policy: EscalationPolicy) -> str:
    steps = [
        f"{words.listed([*(f'rota {rota}' for rota in step.rotas), *step.clinicians])} ({words.lasting(step.wait)})"
        for step in policy.steps
    ]
    return ", then ".join([*steps, f"again from the start and the last resort {words.listed(policy.last_resort)}"])
