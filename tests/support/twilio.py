"""A strict stand-in for Twilio's Messages API, with phones that write and read. It signs its webhooks as Twilio does."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Self
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from bot.channels.sms_signature import signature
from bot.core.phone import is_e164

ACCOUNT = "AC" + "0" * 32
TOKEN = "twilio-auth-token-of-the-tests"
OUR_NUMBER = "+436640000000"
_FIELDS = {"To", "From", "Body", "StatusCallback"}


@dataclass
class Sms:
    """One that we sent."""

    sid: str
    to: str
    body: str
    callback: str | None


@dataclass
class Twilio:
    """``refuses`` maps a number to an error code; ``answers`` are HTTP answers to give instead of the next ones."""

    sent: list[Sms] = field(default_factory=list)
    received: list[dict[str, str]] = field(default_factory=list)
    refuses: dict[str, int] = field(default_factory=dict)
    answers: list[web.Response] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    url: str = ""
    _ids: Iterator[int] = field(default_factory=lambda: count(1))
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        account = f"/2010-04-01/Accounts/{ACCOUNT}"
        app.router.add_get(f"{account}.json", self._account)
        app.router.add_post(f"{account}/Messages.json", self._create)
        app.router.add_get(f"{account}/Messages.json", self._list)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def to(self, number: str) -> list[str]:
        """What the phone with that number shows, oldest first."""
        return [sms.body for sms in self.sent if sms.to == number]

    def writes(self, number: str, text: str, *, media: int = 0) -> dict[str, str]:
        """Somebody writes to us: the form that the webhook brings. It is in the list from now on, whoever brings it."""
        sid = f"SM{next(self._ids):032x}"
        form = {"MessageSid": sid, "From": number, "To": OUR_NUMBER, "Body": text, "NumMedia": str(media)}
        self.received.append(form)
        return form

    async def brings(self, base: str, form: dict[str, str], path: str = "/sms/webhook", *, token: str = TOKEN) -> int:
        """Posts a signed form to our webhook; the status."""
        url = f"{base}{path}"
        headers = {"X-Twilio-Signature": signature(token, url, form.items()), "Content-Type": "application/x-www-form-urlencoded"}
        async with aiohttp.ClientSession() as session, session.post(url, data=urlencode(form), headers=headers) as answer:
            return answer.status

    async def reports(self, sms: Sms, status: str, code: int | None = None) -> int:
        """Calls back with what became of a message."""
        assert sms.callback
        base, _, path = sms.callback.partition("/sms/")
        form = {"MessageSid": sms.sid, "MessageStatus": status, **({"ErrorCode": str(code)} if code else {})}
        return await self.brings(base, form, f"/sms/{path}")

    async def _account(self, request: web.Request) -> web.Response:
        return web.json_response({"sid": ACCOUNT}) if _known(request) else _unknown()

    async def _create(self, request: web.Request) -> web.Response:
        if not _known(request):
            return _unknown()
        if self.answers:
            return self.answers.pop(0)
        form = {name: str(value) for name, value in (await request.post()).items()}
        problem = _problem(form)
        if problem:
            self.violations.append(f"{problem}: {sorted(form)}")
            return web.json_response({"code": 21602, "message": problem, "status": 400}, status=400)
        if code := self.refuses.get(form["To"]):
            return web.json_response({"code": code, "message": "refused", "status": 400}, status=400)
        sms = Sms(f"SM{next(self._ids):032x}", form["To"], form["Body"], form.get("StatusCallback"))
        self.sent.append(sms)
        return web.json_response({"sid": sms.sid, "status": "queued"}, status=201)

    async def _list(self, request: web.Request) -> web.Response:
        if not _known(request):
            return _unknown()
        ours = [{"sid": sms.sid, "direction": "outbound-api", "from": OUR_NUMBER, "to": sms.to, "body": ""} for sms in self.sent]
        names = {"sid": "MessageSid", "from": "From", "to": "To", "body": "Body", "num_media": "NumMedia"}
        theirs = [{"direction": "inbound", **{k: form[v] for k, v in names.items()}} for form in self.received]
        return web.json_response({"messages": ours + theirs if request.query["To"] == OUR_NUMBER else []})


def _known(request: web.Request) -> bool:
    expected = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    return request.headers.get("Authorization") == f"Basic {expected}"


def _unknown() -> web.Response:
    return web.json_response({"code": 20003, "message": "Authenticate", "status": 401}, status=401)


def _problem(form: dict[str, str]) -> str:
    if set(form) - _FIELDS:
        return "unknown field"
    if not is_e164(form.get("To", "")) or form.get("From") != OUR_NUMBER:
        return "To or From"
    return "" if 0 < len(form.get("Body", "")) <= 1600 else "Body"
