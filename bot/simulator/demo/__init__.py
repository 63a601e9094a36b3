"""The demo page: two phones, a clock to turn, and the real bot behind them."""

from bot.simulator.demo.server import demo_app, demo_routes
from bot.simulator.demo.state import DemoHost, DemoState
from bot.simulator.demo.view import bubbles_of

__all__ = ["DemoHost", "DemoState", "bubbles_of", "demo_app", "demo_routes"]
