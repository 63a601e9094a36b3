"""python-telegram-bot's transport on aiohttp, at its own extension point (``telegram.request.BaseRequest``).

The law of this file: a failure says whether the request can have reached the provider. ``NotSent`` is sure that it cannot;
everything that may have been applied is ``AnswerLost``. No exception text holds the token or what was sent.
"""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import aiohttp
import orjson
from telegram._utils.defaultvalue import DefaultValue  # the type of BaseRequest.DEFAULT_NONE, which has no public name
from telegram._utils.types import ODVInput
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

KEEP_ALIVE = 15.0
"""Seconds an idle connection is kept: shorter than any server's own limit, so that we never write into a closing one."""
_JSON = {"Content-Type": "application/json", "User-Agent": BaseRequest.USER_AGENT}
_LEFT_TO_PTB = frozenset({400, 401, 403, 404, 409})
_DEFAULT_RETRY_AFTER = 5.0
BEFORE_SENDING = (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError, aiohttp.InvalidURL)


class NotSent(NetworkError):
    """The request did not leave this machine: no connection, no name, no free place in the pool."""

    __slots__ = ()


class AnswerLost(TimedOut):
    """The request may have been applied: the connection broke, or the answer did not come, or not whole."""

    __slots__ = ()


class ServerFailed(NetworkError):
    """A 5xx: the provider may or may not have applied the request."""

    __slots__ = ()


class Refused(BadRequest):
    """A 4xx that python-telegram-bot has no type for (413, 418 ...)."""

    __slots__ = ()


class Throttled(TelegramError):
    """429. ``seconds`` is how long the provider wants to be left alone; it says it in whole seconds."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Too many requests; retry after {seconds:g} s")
        self.seconds = seconds


class AiohttpRequest(BaseRequest):
    """A keep-alive pool of ``pool_size`` connections. All timeouts are seconds.

    An https address is reached through the environment's proxy (HTTPS_PROXY, NO_PROXY) where there is one: hospitals have them.
    ``connect_timeout`` covers the wait for a free connection, the name look-up, the connection and TLS: all before a byte is sent.
    """

    def __init__(self, *, pool_size: int = 128, connect_timeout: float = 5.0, read_timeout: float = 10.0) -> None:
        self._pool_size = pool_size
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._timeout = aiohttp.ClientTimeout(total=None, connect=connect_timeout, sock_read=read_timeout)
        self._session: aiohttp.ClientSession | None = None
        self._routes: dict[str, tuple[URL, str | None]] = {}

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for the next byte of an answer where a call does not say otherwise."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Opens the pool; a second call changes nothing."""
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=self._pool_size, keepalive_timeout=KEEP_ALIVE, ttl_dns_cache=60)
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=self._timeout,
                auto_decompress=True,
                skip_auto_headers=("Accept",),
            )

    async def shutdown(self) -> None:
        """Closes the pool; ``initialize`` opens it again."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(  # noqa: PLR0917 - python-telegram-bot's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - part of the interface; sock_read covers it
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - one pool, one way to connect
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - part of connect_timeout
    ) -> tuple[int, bytes]:
        """One request: its status and body. 2xx and the errors that python-telegram-bot has a type for are returned to it."""
        if self._session is None:
            await self.initialize()
        limits = self._timeout if isinstance(read_timeout, DefaultValue) else self._waiting(read_timeout)
        status, body = await self._exchange(method, url, request_data, limits)
        if status >= 300 and status not in _LEFT_TO_PTB:
            raise _refusal(status, body)
        return status, body

    async def _exchange(
        self, method: str, url: str, request_data: RequestData | None, limits: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        assert self._session is not None  # noqa: S101 - do_request opened it
        data, headers = _body(request_data)
        address, proxy = self._route(url)
        try:
            async with self._session.request(
                method, address, data=data, headers=headers, timeout=limits, allow_redirects=False, proxy=proxy
            ) as response:
                return response.status, await response.read()
        except BEFORE_SENDING as exc:
            raise NotSent(f"Not sent: {type(exc).__name__}") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            raise AnswerLost(f"Answer lost: {type(exc).__name__}") from None

    def _route(self, url: str) -> tuple[URL, str | None]:
        """A ready URL and its proxy: working them out anew for each message costs more than the message."""
        known = self._routes.get(url)
        if known is None:
            if len(self._routes) > 64:
                self._routes.clear()
            address = URL(url)
            known = self._routes[url] = (address, proxy_for(address))
        return known

    def _waiting(self, read_timeout: float | None) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(total=None, connect=self._connect_timeout, sock_read=read_timeout)

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:  # noqa: ANN401 - python-telegram-bot's signature
        """The answer as a dict. Raises TelegramError, without quoting the payload, for what is none."""
        answer = decode_json(payload)
        if not isinstance(answer, dict) or ("result" not in answer and "description" not in answer):
            raise AnswerLost("Answer lost: no JSON that we understand")
        if "result" not in answer and answer.get("ok"):
            raise AnswerLost("Answer lost: cut off")
        return answer


def decode_json(payload: bytes) -> Any:  # noqa: ANN401 - JSON is anything
    """JSON to Python; lone surrogates and broken UTF-8 survive (as themselves and as U+FFFD). None for what is no JSON."""
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(payload.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return None


def encode_json(value: object) -> bytes:
    """Python to JSON; lone surrogates become escapes."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value).encode()


def proxy_for(address: URL) -> str | None:
    """The environment's proxy for this address; None where it is reached directly."""
    if address.scheme != "https" or address.host is None or urllib.request.proxy_bypass(address.host):
        return None
    return urllib.request.getproxies().get("https")


def _body(request_data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, dict[str, str]]:
    if request_data is None:
        return None, {"User-Agent": BaseRequest.USER_AGENT}
    if not request_data.contains_files:
        return _utf8(request_data.parameters), _JSON
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form, {"User-Agent": BaseRequest.USER_AGENT}


def _utf8(parameters: dict[str, Any]) -> bytes:
    """As JSON that Telegram takes: it refuses lone surrogates, so they become U+FFFD."""
    try:
        return orjson.dumps(parameters)
    except TypeError:
        return orjson.dumps(_mended(parameters))


def _mended(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, dict):
        return {name: _mended(part) for name, part in value.items()}
    return [_mended(part) for part in value] if isinstance(value, list | tuple) else value


def _refusal(status: int, body: bytes) -> TelegramError:
    if status == 429:
        return Throttled(_retry_after(body))
    if 400 <= status < 500:
        return Refused(f"Refused ({status})")
    return ServerFailed(f"Server failed ({status})")


def _retry_after(body: bytes) -> float:
    answer = decode_json(body)
    parameters = answer.get("parameters") if isinstance(answer, dict) else None
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return float(seconds) if isinstance(seconds, int | float) and seconds > 0 else _DEFAULT_RETRY_AFTER
