"""The bots under test, each as a process of its own."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import SECRET, Load

ROOT = Path(__file__).parent.parent
PEERS = Path(os.environ.get("AFTERCARE_BENCH_PYTHON", ROOT / ".venv-bench" / "bin" / "python"))
TOKEN = "123456:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi"  # noqa: S105 - a made-up token of a made-up bot
CHATS = 2_000
FIRST_CHAT = 1_000
SUBJECTS = ("ours", "ptb", "ptb concurrent", "aiogram")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_seconds(pid: int) -> float:
    """User and system time of the process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(pid: int) -> float:
    """Resident memory of the process."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@dataclass
class Subject:
    """One bot that runs, and the load that it faces."""

    name: str
    process: subprocess.Popen[bytes]
    load: Load
    seconds_to_start: float

    def stop(self) -> None:
        """Ends it."""
        self.process.kill()
        self.process.wait()
        self.load.server.close()


async def start(name: str, texts: Sequence[str]) -> Subject:
    """Starts the bot and waits until its webhook listens. Raises TimeoutError after 60 s."""
    port = free_port()
    load = Load(webhook_port=port, texts=texts, first_chat=FIRST_CHAT, chats=CHATS)
    api = f"http://127.0.0.1:{await load.serve()}"
    began = time.perf_counter()
    process = subprocess.Popen(_command(name, api, port), env={**os.environ, **_environment(name, api, port)}, cwd=ROOT)  # noqa: S603, ASYNC220 - our own command, once
    async with asyncio.timeout(60):
        while not await _listens(port):  # noqa: ASYNC110 - another process cannot set an event of ours
            await asyncio.sleep(0.02)
    return Subject(name, process, load, time.perf_counter() - began)


def _command(name: str, api: str, port: int) -> list[str]:
    if name == "ours":
        return [sys.executable, "-m", "benchmarks.ours", str(CHATS), str(FIRST_CHAT)]
    if name == "aiogram":
        return [str(PEERS), str(ROOT / "benchmarks/peers/aiogram_echo.py"), api, TOKEN, str(port)]
    mode = "concurrent" if name.endswith("concurrent") else "sequential"
    return [str(PEERS), str(ROOT / "benchmarks/peers/ptb_echo.py"), api, TOKEN, str(port), mode]


def _environment(name: str, api: str, port: int) -> dict[str, str]:
    if name != "ours":
        return {}
    database = Path(tempfile.mkdtemp(prefix="aftercare-bench-")) / "bench.db"
    return {
        "AFTERCARE_DATABASE_URL": f"sqlite:///{database}",
        "AFTERCARE_TELEGRAM_TOKEN": TOKEN,
        "AFTERCARE_TELEGRAM_API_URL": api,
        "AFTERCARE_TELEGRAM_MODE": "webhook",
        "AFTERCARE_TELEGRAM_WEBHOOK_SECRET": SECRET,
        "AFTERCARE_PUBLIC_URL": f"https://127.0.0.1:{port}",
        "AFTERCARE_HTTP_PORT": str(port),
    }


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
