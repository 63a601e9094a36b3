"""STOP, HELP and START in every language we write in. A bare YES is never a command: it is a carrier's opt-in word."""

from __future__ import annotations

import re
from enum import StrEnum

from bot.core.reading.normalise import fold


class Command(StrEnum):
    """What the message asks of the bot itself; it may hold a symptom all the same, and is triaged too."""

    STOP = "stop"
    HELP = "help"
    START = "start"


_STOP_WORDS = frozenset(
    [
        "stop",
        "stopp",
        "stopall",
        "end",
        "quit",
        "cancel",
        "unsubscribe",
        "unsub",
        "optout",
        "dur",
        "durdur",
        "iptal",
        "cik",
        "basta",
        "parar",
        "cancelar",
        "baja",
        "стоп",
        "отписка",
        "отписаться",
        "отмена",
        "хватит",
        "توقف",
        "قف",
        "الغاء",
        "ايقاف",
        "stopp",
        "beenden",
        "abmelden",
        "kundigen",
        "arret",
    ]
)
_HELP_WORDS = frozenset(
    ["help", "info", "yardim", "bilgi", "ayuda", "informacion", "помощь", "справка", "инфо", "مساعده", "تعليمات", "hilfe"]
)
_START_WORDS = frozenset(
    [
        "start",
        "unstop",
        "basla",
        "baslat",
        "iniciar",
        "empezar",
        "comenzar",
        "старт",
        "начать",
        "ابدا",
        "ابدء",
        "starten",
        "anfangen",
    ]
)
_POLITE = frozenset(
    [
        "please",
        "pls",
        "plz",
        "now",
        "lutfen",
        "por",
        "favor",
        "пожалуйста",
        "من",
        "فضلك",
        "bitte",
        "the",
        "this",
        "bot",
        "thanks",
        "thank",
        "you",
        "ok",
        "okay",
        "hi",
        "hello",
    ]
)

_STOP_PHRASES = re.compile(
    r"\b(?:stop|quit|cease|dont|do not|no more) (?:\w+ )?(?:texting|messaging|messages|texts|contacting|sending|writing|bothering|pinging|bugging|these|this bot)"
    r"(?: (?:to )?(?:me|us))?\b"
    r"|\b(?:unsubscribe|opt ?-?out|sign me off|take me off|remove me|leave me alone|delete my number|no more (?:messages|texts|check ?-?ins))\b"
    r"|\b(?:bana )?(?:artik )?(?:mesaj|yazma|mesajlari) ?(?:atma\w*|gonderme\w*|yazma\w*|durdur\w*|istemiyorum)\b|\bartik yazmayin\b"
    r"|\b(?:no me (?:escriban|escribas|manden|mandes|envien|envies)|dejen de (?:escribir\w*|mandar\w*|enviar\w*)|deja de (?:escribir\w*|mandar\w*)|no quiero (?:mas )?mensajes|darme de baja)"
    r"|(?:не пишите (?:мне )?(?:больше)?|больше не пиш\w*|прекратите (?:писать|присылать)|перестаньте (?:мне )?(?:писать|присылать)|отпишите меня|не присылайте)"
    r"|(?:لا (?:تراسل\w*|ترسل\w*|تكتب\w*)|توقف\w* عن (?:الارسال|المراسله|مراسلتي)|اوقف\w* الرسايل|لا اريد رسايل)"
    r"|\b(?:keine nachrichten mehr|horen sie auf (?:mir )?zu schreiben|hor auf (?:mir )?zu schreiben|schreib(?:en sie)? mir nicht mehr|nicht mehr schreiben|mich abmelden)\b"
)
_HELP_PHRASES = re.compile(r"\b(?:how does this (?:bot )?work|what can (?:you|this bot) do|what are the commands)\b")
_SLASH = re.compile(r"\A/(stop|help|start)\b")
_WORD = re.compile(r"[^\W\d_]+")
SHORT = 4
"""Words up to which a command word, alone or with a please, is a command."""


def command_of(text: str) -> Command | None:
    """The command in the text, or None.

    A command word counts where it stands alone, begins the message in capitals or is followed by a break ("STOP. My chest
    is bleeding"); "stop texting me" and its like count anywhere.
    """
    folded = fold(text[:2_000]).replace("'", "").strip()
    slash = _SLASH.match(folded)
    if slash:
        return Command(slash[1])
    if _STOP_PHRASES.search(folded):
        return Command.STOP
    if _HELP_PHRASES.search(folded):
        return Command.HELP
    return _by_word(folded, text.strip())


def _by_word(folded: str, text: str) -> Command | None:
    words = [m[0] for m in _WORD.finditer(folded)]
    meant = [w for w in words if w not in _POLITE]
    for command, known in ((Command.STOP, _STOP_WORDS), (Command.HELP, _HELP_WORDS), (Command.START, _START_WORDS)):
        if len(words) <= SHORT and len(meant) == 1 and meant[0] in known:
            return command
        if words and words[0] in known and _stands_apart(text, len(words[0])):
            return command
    return None


def _stands_apart(text: str, length: int) -> bool:
    """Whether the first word is shouted or cut off from the rest: "STOP my chest hurts", "stop. my chest hurts"."""
    first, rest = text[:length], text[length : length + 2]
    shouted = first.isupper() and not text[length:].isupper()
    return bool(rest) and (shouted or rest[0] in ".!;,:\n-")
