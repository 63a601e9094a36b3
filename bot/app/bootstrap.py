"""The only wiring: settings become a running bot's parts. Nothing else in the package builds one room's things for another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from bot.app.clock import SystemClock, time_passed
from bot.app.ids import SystemIds
from bot.app.live_content import LiveContent
from bot.app.opening import open_settings_store
from bot.app.runtime.measures import declare_metrics
from bot.app.runtime.pulses import Pulses
from bot.app.settings import Settings
from bot.channels.canary import CanaryChannel
from bot.channels.pacing import Pacer
from bot.channels.sms import SmsChannel
from bot.channels.telegram import TelegramChannel
from bot.ports import Channel, Clock, Ids, Store
from bot.reports.trend_chart import draw_chart
from bot.services.world import World
from bot.web.metrics import Metrics


@dataclass(kw_only=True)
class Parts:
    """Everything that the runtime is made of. ``close`` gives back what was opened."""

    settings: Settings
    clock: Clock
    ids: Ids
    store: Store
    content: LiveContent
    telegram: TelegramChannel
    pacer: Pacer
    sms: SmsChannel | None = None
    metrics: Metrics = field(default_factory=Metrics)
    pulses: Pulses = field(default_factory=Pulses)
    canary: CanaryChannel = field(default_factory=CanaryChannel)
    bot_username: str = ""
    passed: Callable[[], timedelta] | None = None
    """How much time has truly passed, by a clock that nobody can set; None where time is turned on purpose."""

    def __post_init__(self) -> None:
        declare_metrics(self.metrics)

    @property
    def channels(self) -> dict[str, Channel]:
        """Every channel by its name."""
        known: list[Channel] = [self.telegram, self.canary, *([self.sms] if self.sms else [])]
        return {channel.name: channel for channel in known}

    def world(self) -> World:
        """What services need, with the content that is live now."""
        return World(content=self.content.current, ids=self.ids, channels=self.channels, bot_username=self.bot_username)

    async def close(self) -> None:
        """Closes connections, then the database."""
        await self.telegram.close()
        if self.sms is not None:
            await self.sms.close()
        self.store.close()


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    pacer: Pacer | None = None,
) -> Parts:
    """The parts of production; the simulator gives its own clock, ids and pace.

    Raises SettingsInvalid, ContentInvalid or a storage error: nothing starts half.
    """
    token = settings.for_telegram()
    store = open_settings_store(settings)
    try:
        content = LiveContent(settings.schedules, settings.messages, store)
        sms = sms_channel(settings)
    except BaseException:
        store.close()
        raise
    return Parts(
        settings=settings,
        clock=clock or SystemClock(),
        passed=time_passed if clock is None else None,
        ids=ids or SystemIds(),
        content=content,
        store=store,
        telegram=TelegramChannel(token.reveal(), settings.telegram_api_url, draw=draw_chart),
        pacer=pacer or Pacer(settings.telegram_messages_per_second or None),
        sms=sms,
    )


def sms_channel(settings: Settings) -> SmsChannel | None:
    """SMS, where it is set up. Raises SettingsInvalid."""
    sms = settings.for_sms()
    if sms is None:
        return None
    return SmsChannel(sms.account, sms.auth_token.reveal(), sms.sender, public_url=sms.public_url, url=sms.api_url)
