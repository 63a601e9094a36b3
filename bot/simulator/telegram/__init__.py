"""A stand-in for the Telegram Bot API: it refuses what Telegram refuses, and can fail on purpose. Tests and the demo use it."""

from bot.simulator.telegram.chats import Seen, SeenButton
from bot.simulator.telegram.faults import Fault, FaultKind
from bot.simulator.telegram.limits import Limits
from bot.simulator.telegram.person import Group, Person
from bot.simulator.telegram.server import StandIn

__all__ = ["Fault", "FaultKind", "Group", "Limits", "Person", "Seen", "SeenButton", "StandIn"]
