"""Every outcome of an SMS, by the real channel over HTTP against a strict stand-in for Twilio."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiohttp import web

from bot.channels.sms import SmsChannel
from bot.channels.sms_failures import later_receipt
from bot.channels.sms_signature import is_genuine, signature
from bot.core.delivery import Button, Kind, Lane, Outcome, OutgoingMessage
from bot.core.errors import TokenRejected
from bot.core.events import InboundKind
from tests.support.bot_process import free_port
from tests.support.twilio import ACCOUNT, OUR_NUMBER, TOKEN, Twilio

ANN = "+436641234567"


@pytest.fixture
async def twilio() -> AsyncIterator[Twilio]:
    async with Twilio() as twilio:
        yield twilio
    assert twilio.violations == []


@pytest.fixture
async def channel(twilio: Twilio) -> AsyncIterator[SmsChannel]:
    channel = SmsChannel(ACCOUNT, TOKEN, OUR_NUMBER, public_url="https://clinic.example", url=twilio.url)
    yield channel
    await channel.close()


def sms(text: str = "Hello", kind: Kind = Kind.MESSAGE) -> OutgoingMessage:
    buttons = ((Button(id="b1", label="Fine"), Button(id="b2", label="Not well")),)
    return OutgoingMessage(id=7, channel="sms", address=ANN, text=text, lane=Lane.REPLY, kind=kind, buttons=buttons)


async def test_a_message_is_taken_with_its_choices_and_where_to_report(channel: SmsChannel, twilio: Twilio) -> None:
    receipt = await channel.send(sms("How are you?"))
    [sent] = twilio.sent
    assert (receipt.outcome, receipt.provider_id) == (Outcome.SENT, sent.sid)
    assert sent.body == "How are you?\n1 = Fine\n2 = Not well"
    assert sent.callback == "https://clinic.example/sms/status?message=7"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (21610, Outcome.BLOCKED),
        (21211, Outcome.BLOCKED),
        (21614, Outcome.BLOCKED),
        (21408, Outcome.REJECTED),
        (20429, Outcome.RATE_LIMITED),
        (99999, Outcome.REJECTED),
    ],
)
async def test_a_refusal_says_what_it_means(channel: SmsChannel, twilio: Twilio, code: int, outcome: Outcome) -> None:
    twilio.refuses[ANN] = code
    assert (await channel.send(sms())).outcome is outcome


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (web.Response(status=502), Outcome.AMBIGUOUS),
        (web.Response(status=201, body=b'{"sid": "S'), Outcome.AMBIGUOUS),
        (web.json_response({"code": 20429}, status=429), Outcome.RATE_LIMITED),
    ],
)
async def test_what_may_have_been_sent_is_ambiguous(
    channel: SmsChannel, twilio: Twilio, answer: web.Response, outcome: Outcome
) -> None:
    twilio.answers.append(answer)
    assert (await channel.send(sms())).outcome is outcome


async def test_no_connection_is_surely_not_sent() -> None:
    channel = SmsChannel(ACCOUNT, TOKEN, OUR_NUMBER, url=f"http://127.0.0.1:{free_port()}")
    assert (await channel.send(sms())).outcome is Outcome.NOT_SENT
    await channel.close()


async def test_an_edit_sends_nothing_and_the_answer_to_a_press_is_a_message(channel: SmsChannel, twilio: Twilio) -> None:
    assert (await channel.send(sms(kind=Kind.EDIT))).outcome is Outcome.SENT
    assert twilio.sent == []
    assert (await channel.send(sms("You have it.", Kind.BUTTON_ANSWER))).outcome is Outcome.SENT
    assert twilio.to(ANN)[0].startswith("You have it.")


async def test_wrong_credentials_are_told_apart_from_a_bad_network(twilio: Twilio) -> None:
    channel = SmsChannel(ACCOUNT, "wrong", OUR_NUMBER, url=twilio.url)
    with pytest.raises(TokenRejected):
        await channel.check()
    assert (await channel.send(sms())).outcome is Outcome.REJECTED
    await channel.close()


async def test_the_list_gives_what_came_in_as_its_webhook_would_have(channel: SmsChannel, twilio: Twilio) -> None:
    await channel.send(sms())
    twilio.writes(ANN, "fever 39,5 & chills")
    [raw] = await channel.received_since(datetime(2026, 3, 2, tzinfo=UTC))
    inbound = channel.parse(raw)
    assert (inbound.address, inbound.text, inbound.kind) == (ANN, "fever 39,5 & chills", InboundKind.TEXT)
    assert inbound.external_id == twilio.received[0]["MessageSid"]


async def test_a_picture_is_something_that_a_person_must_look_at(channel: SmsChannel) -> None:
    inbound = channel.parse(b"MessageSid=SM1&From=%2B436641234567&Body=my+leg&NumMedia=1")
    assert (inbound.kind, inbound.caption) == (InboundKind.UNREADABLE, "my leg")


@pytest.mark.parametrize("raw", [b"", b"From=%2B43", b"{}", b"\xff\xfe", b"MessageSid=SM1&From="])
async def test_what_is_no_sms_is_said_to_be_none(channel: SmsChannel, raw: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the port promises no more
        channel.parse(raw)


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        ("sent", None, None),
        ("delivered", None, None),
        ("undelivered", 30003, Outcome.UNDELIVERED),
        ("failed", None, Outcome.UNDELIVERED),
        ("undelivered", 30005, Outcome.BLOCKED),
        ("failed", 21610, Outcome.BLOCKED),
    ],
)
def test_only_a_failure_changes_what_was_taken(status: str, code: int | None, outcome: Outcome | None) -> None:
    receipt = later_receipt(status, code)
    assert (receipt and receipt.outcome) == outcome


def test_the_signature_is_the_one_of_the_provider_s_own_example() -> None:
    """The worked example of Twilio's page on validating requests."""
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    url = "https://example.com/myapp.php?foo=1&bar=2"
    assert signature("12345", url, fields.items()) == "L/OH5YylLD5NRKLltdqwSvS0BnU="
    assert not is_genuine("L/OH5YylLD5NRKLltdqwSvS0BnU=", "12346", url, fields.items())
    assert not is_genuine("", "12345", url, fields.items())
