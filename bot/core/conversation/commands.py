"""What a patient may ask of the bot: /start, /stop, /help, /report, /language, or the same in their own words."""

from __future__ import annotations

from collections.abc import Callable

from bot.core.actions import Audit, CreateTask, OfferLanguages, ResumeCourse, SetLanguage, StopCourse
from bot.core.careplan.rechecks import RED_FLAGS
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.conversation.check_in import at_rest, begin
from bot.core.conversation.clarifying import left_open
from bot.core.conversation.doubts import taken_at_its_word
from bot.core.conversation.hearing import hear
from bot.core.conversation.onboarding import consent_question
from bot.core.conversation.prompts import open_question_again
from bot.core.conversation.replies import part, say
from bot.core.conversation.session import SessionState
from bot.core.conversation.situation import Situation, Turn
from bot.core.delivery import Lane
from bot.core.events import Command, CommandGiven, LanguageChosen

UNIDENTIFIED = frozenset({SessionState.CONFIRMING_IDENTITY, SessionState.LOCKED})
BEFORE_CONSENT = frozenset({SessionState.CHOOSING_LANGUAGE, SessionState.CONSENTING, SessionState.DECLINED})


def given(turn: Turn, event: CommandGiven, situation: Situation) -> Turn:
    """What comes with the command is read first: "STOP, my chest is bleeding" is a stop *and* an alert."""
    return _COMMANDS[event.command](_hear_the_rest(turn, event, situation), event, situation)


def language_changed(turn: Turn, event: LanguageChosen, situation: Situation) -> Turn:
    """From now on in that language; what is open is asked again in it."""
    del situation
    turn = turn.do(SetLanguage(language=event.language), say(part("language.changed")))
    return open_question_again(turn)


def _hear_the_rest(turn: Turn, event: CommandGiven, situation: Situation) -> Turn:
    assessment = event.assessment
    if assessment is None or turn.session.state in UNIDENTIFIED:
        return turn
    if event.command is Command.STOP:
        assessment = taken_at_its_word(assessment)
    if assessment.unclear and event.command is Command.STOP:
        return turn.do(CreateTask(kind="not_understood", disposition=Disposition.SAME_DAY, detail="with stop"))
    if event.command is Command.STOP:
        return _hear_at_parting(turn, event.text, assessment, situation)
    if event.command is Command.REPORT or assessment.disposition > Disposition.NONE or assessment.at_stake.red:
        return hear(turn, event.text, assessment, situation, answers=False)
    return turn


def _hear_at_parting(turn: Turn, text: str, assessment: Assessment, situation: Situation) -> Turn:
    """Read as after the stop: advice and alert as ever, but no re-check is promised to whoever wants no more messages."""
    if assessment.disposition is Disposition.NONE:
        return turn
    heard = hear(turn.become(state=SessionState.STOPPED), text, assessment, situation, answers=False)
    return heard.become(state=turn.session.state)


def _start(turn: Turn, event: CommandGiven, situation: Situation) -> Turn:
    del event, situation
    match turn.session.state:
        case SessionState.CONFIRMING_IDENTITY:
            return turn.do(say(part("onboarding.hello"), part("onboarding.birth_year")))
        case SessionState.DECLINED:
            return turn.become(state=SessionState.CONSENTING).do(consent_question())
        case SessionState.STOPPED:
            back = turn.to(at_rest(turn.session))
            return back.do(
                Audit(action="course.resumed"), ResumeCourse(), say(part("start.resumed"), part("onboarding.commands"))
            )
        case _:
            return open_question_again(turn.do(say(part("start.here"), part("onboarding.commands"))))


def _stop(turn: Turn, event: CommandGiven, situation: Situation) -> Turn:
    if turn.session.state in UNIDENTIFIED:
        return turn.do(say(part("stop.done_stranger")))
    if turn.session.state is SessionState.STOPPED:
        return turn.do(say(part("stop.already"), part("stop.emergency")))
    before_consent = turn.session.standing in BEFORE_CONSENT
    if event.suspected is not None:
        turn = left_open(turn, event.suspected, situation)
    stopped = turn.to(at_rest(turn.session)).become(state=SessionState.DECLINED if before_consent else SessionState.STOPPED)
    task = CreateTask(kind="stopped", disposition=Disposition.SAME_DAY)
    return stopped.do(Audit(action="course.stopped"), StopCourse(), task, say(part("stop.done"), part("stop.emergency")))


def _help(turn: Turn, event: CommandGiven, situation: Situation) -> Turn:
    del event, situation
    if turn.session.state in UNIDENTIFIED:
        return turn.do(say(part("help.stranger"), part("stranger.emergency")))
    return open_question_again(turn.do(say(part("help.what"), part("onboarding.commands"), part("help.emergency"))))


def _report(turn: Turn, event: CommandGiven, situation: Situation) -> Turn:
    if turn.session.state in UNIDENTIFIED:
        return turn.do(say(part("onboarding.birth_year"), part("stranger.emergency")))
    if event.assessment is not None:
        return turn
    if turn.session.state is SessionState.IDLE and RED_FLAGS in situation.questions:
        return begin(turn, None, (RED_FLAGS,), intro="report.tell", lane=Lane.REPLY)
    return turn.do(say(part("report.tell")))


def _language(turn: Turn, event: CommandGiven, situation: Situation) -> Turn:
    del event, situation
    return turn.do(OfferLanguages(key="language.choose"))


_COMMANDS: dict[Command, Callable[[Turn, CommandGiven, Situation], Turn]] = {
    Command.START: _start,
    Command.STOP: _stop,
    Command.HELP: _help,
    Command.REPORT: _report,
    Command.LANGUAGE: _language,
}
