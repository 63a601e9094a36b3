"""`aftercare demo`: two phones in the browser, the real bot behind them."""

from __future__ import annotations

import asyncio
import signal
import webbrowser

import click
import uvloop

from bot.app.demo.host import Demo
from bot.app.redaction import configure_logging, log_loop_errors
from bot.app.runtime.server import WebServer
from bot.core.errors import SettingsInvalid
from bot.simulator.demo import demo_app

HOST = "127.0.0.1"


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0: any free one.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option(
    "--speed",
    type=click.FloatRange(0, 3600),
    default=1.0,
    show_default=True,
    help="How fast the clock runs by itself; 0: it stands.",
)
def demo(port: int, no_browser: bool, speed: float) -> None:  # noqa: FBT001 - a flag of the command line
    """Lives through a patient's course in minutes: no token, no account, nothing kept."""
    configure_logging("WARNING", ())
    uvloop.run(_serve(port, speed, browser=not no_browser))


async def _serve(port: int, speed: float, *, browser: bool) -> None:
    loop = asyncio.get_running_loop()
    log_loop_errors(loop)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    host = await Demo.open(speed)
    try:
        web = WebServer(demo_app(host, host.editor), HOST, port, patience=1)
    except OSError as error:
        await host.close()
        raise SettingsInvalid(f"cannot listen on {HOST}:{port} ({error.strerror}); choose another with --port") from None
    await web.start()
    address = f"http://{HOST}:{web.port}"
    click.echo(f"The demo runs on {address} (Ctrl-C ends it)")
    if browser:
        await asyncio.to_thread(webbrowser.open, address)
    try:
        await stopping.wait()
    finally:
        await web.stop()
        await host.close()
