"""Numbers that are no readings: dates, times, ages, phone numbers, prices, rooms, buses."""

from __future__ import annotations

import re

from bot.core.reading.measures.page import Page

_NO_READINGS = re.compile(
    r"""(?:
      (?=\d)(?:
        \b\d{4}-\d{2}-\d{2}\b | \b\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d{2}\b
      | \b(?:[01]?\d|2[0-3]):[0-5]\d\b(?:\s*(?:am|pm))? | \b\d{1,2}(?:[.:]\d{2})?\s*(?:am|pm|a\.m|p\.m|o\s?clock|uhr)\b
      | \b(?:19[2-9]\d|20[0-4]\d)\b(?!\s*(?:mg|ml))
      | \d[\d\ -]{8,}\d
      | \b\d+(?:[.,]\d+)*\s*(?:[£$€₺₽]|gbp|usd|eur|tl|pounds?\ sterling|quid|euros?|dollars?|bucks|rubl\w*|руб\w*|lira)\b
      | \b\d{1,3}\s*-?\s*(?:years?|yrs?|yo|y/o|yr)\s*-?\s*(?:old|of\ age)?(?:\b(?!\ ago)) | \b\d{1,3}\s*(?:yasind\w*|anos\ de\ edad|лет\b|года\b|سنه|jahre\ alt)
      | \b\d+(?:[.,]\d+)?\s*(?:steps|miles?|km|k\b|metres?|meters|laps|lengths|emails?|people|kids|children|grandkids|grandchildren|cups?|coffees?|pages|squats|reps|rounds|pints|
           beers?|teas?|stairs|likes|points?\ lead|mph|percent\ off|%\ off|minutes?\ late|mins?\ late|buses|cars|dogs|cats|chickens|eggs|goals?|holes)\b
      )
    | (?<![\w'])'\d{2}(?![\d'.,]) | \+\d[\d\ -]{8,}\d | [£$€₺₽]\s*\d+(?:[.,]\d+)* | \#\d+
    | \b(?=[^\W\d])(?:
        \b(?:room|bus|flat|bay|ward|bed|floor|gate|seat|platform|page|channel|chapter|episode|season|zone|route|house|door|table|number|no|nr|line|
           (?<!oxygen\ )(?<!saturation\ )(?<!sats\ )(?<!spo2\ )(?<!sugar\ )(?<!glucose\ )(?<!ketone\ )(?<!pain\ )level|
           apt|apartment|unit|tram|train|flight|order|ref|invoice|postcode|pin|code|id|version|otobus|oda|kat|habitacion|autobus|piso|linea|комната|кабинет|палата|автобус|
           этаж|дом|квартира|غرفة|باص|طابق|رقم|zimmer|bus|stock|haus|nummer|linie)\s*(?:is|are|:|\#|nr|no)?\s*\.?\s*\#?\d+[a-z]?\b
      | \b(?:aged?|age\ is|turning|turned|yaşim|yasim|edad|alter)\s*:?\s*\d{1,3}\b
      | \b(?:im|i'm|i\ am|hes|he's|shes|she's|he\ is|she\ is)\s+\d{2}\b(?=\s*(?:[.,;!?\n]|$|and\b|next\b|years|yo\b|now\b|in\b|this\b|today\b|tomorrow\b|so\b|with\b|but\b))(?!\s*[.,]\d)
      )
    )""",
    re.VERBOSE,
)
_ARABIZI = re.compile(
    r"(?<![^\W_])[a-z]+[235-9][a-z]+|(?<![\w.,])[235-9](?!days|hours|weeks|times|tablets|tabs|stools|months|years|mins|minutes|kilos|pills|poos|gecedir|gundur|saat|dias|horas|tage|wochen|stunden)[a-z]{4,}"
)
"""A word of Arabic in Latin letters, where digits stand for sounds: ba7er, 3afwan."""
_SOUND = re.compile(r"(?<=[a-z])[235-9](?![\d.,/])|(?<![\d.,/])[235-9](?=[a-z])(?!\d(?:c|f|mg|g|ml|kg|cm|mm|h|d|x|k|km|am|pm)\b)")
_MONSTER = re.compile(r"\d+(?:(?:\.\d+)?e[+-]?\d+|(?<=\d{7}))")
_UNREADABLE = re.compile(r"\bnan\b|\binf(?:inity)?\b|\d+(?:\.\d+)?e[+-]?\d+|\d{7,}")


def set_aside(page: Page) -> None:
    """Takes every number that is no reading off the page; a monster where a number was asked for is asked again."""
    named = "nan" in page.text or "inf" in page.text
    for match in _UNREADABLE.finditer(page.text) if named else _MONSTER.finditer(page.text):
        if page.asked == "temperature" and not re.fullmatch(r"\+?\d{9,15}", match[0]):
            page.impossible.append("temperature")
        if page.free(*match.span()):
            page.take(*match.span())
    if _ARABIZI.search(page.text):
        for match in _SOUND.finditer(page.text):
            page.take(*match.span())
    for match in _NO_READINGS.finditer(page.text):
        if page.free(*match.span()):
            page.take(*match.span())
