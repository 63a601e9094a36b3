"""What Twilio's error codes mean for one message. Source: https://www.twilio.com/docs/api/errors

``detail`` is always one of our own sentences: Twilio's may quote the number or the text.
"""

from __future__ import annotations

from bot.core.delivery import Outcome, Receipt

_BLOCKED = {
    21211: "no such number",
    21610: "this number has opted out",
    21612: "this number cannot be reached from ours",
    21614: "not a mobile number",
    30004: "the number blocks us",
    30005: "unknown number",
    30006: "a landline, or a network that takes no SMS",
}
_REJECTED = {
    20003: "Twilio does not accept our credentials",
    21212: "our number is refused",
    21408: "this country is not switched on in our account",
    21606: "our number cannot send SMS",
    21617: "the text is too long",
    30007: "filtered as spam",
    30034: "our number is not registered with the networks",
}
_DEFAULT_RETRY_AFTER = 1.0


def refusal(status: int, code: int | None, retry_after: float | None = None) -> Receipt:
    """The receipt of a request that was answered with an error."""
    if status == 429 or code == 20429:
        return Receipt(outcome=Outcome.RATE_LIMITED, retry_after=retry_after or _DEFAULT_RETRY_AFTER, detail="too many requests")
    if status >= 500:
        return Receipt(outcome=Outcome.AMBIGUOUS, detail="the provider failed")
    if code in _BLOCKED:
        return Receipt(outcome=Outcome.BLOCKED, detail=_BLOCKED[code])
    return Receipt(outcome=Outcome.REJECTED, detail=_REJECTED.get(code or 0, f"refused (error {code or status})"))


def later_receipt(status: str, code: int | None) -> Receipt | None:
    """What a status callback adds to a message that Twilio had taken; None where it changes nothing.

    Only a failure counts, so callbacks may come in any order and any number of times.
    """
    if status not in {"failed", "undelivered"}:
        return None
    if code in _BLOCKED:
        return Receipt(outcome=Outcome.BLOCKED, detail=_BLOCKED[code])
    return Receipt(outcome=Outcome.UNDELIVERED, detail=_REJECTED.get(code or 0, f"not delivered (error {code or 0})"))
