from __future__ import annotations

from collections.abc import Sequence

import httpx
import pytest

from bot.web.app import build_app
from bot.web.metrics import Metrics


async def fine() -> Sequence[str]:
    return []


async def broken() -> Sequence[str]:
    return ["the poller has not turned for 200 s"]


def metrics() -> Metrics:
    held = Metrics()
    held.counter("aftercare_messages_sent_total", "Messages by outcome.")
    held.gauge("aftercare_inbox_waiting", "Updates not yet handled.")
    held.set("aftercare_inbox_waiting", 3)
    held.gauge("aftercare_never_set", "Not measured yet.")
    held.histogram("aftercare_commit_seconds", "From arrival to commit.")
    return held


def client(held: Metrics, *, well: bool) -> httpx.AsyncClient:
    app = build_app(alive=fine, ready=fine if well else broken, metrics=held)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot")


async def test_a_well_process_is_live_and_ready() -> None:
    async with client(metrics(), well=True) as web:
        assert [(await web.get(path)).status_code for path in ("/livez", "/readyz")] == [200, 200]


async def test_a_process_that_cannot_serve_says_why() -> None:
    async with client(metrics(), well=False) as web:
        response = await web.get("/readyz")
    assert response.status_code == 503
    assert "the poller has not turned" in response.text


async def test_metrics_are_prometheus_text() -> None:
    held = metrics()
    held.count("aftercare_messages_sent_total", outcome="sent")
    held.count("aftercare_messages_sent_total", 2, outcome="dead")
    held.observe("aftercare_commit_seconds", 0.007)
    async with client(held, well=True) as web:
        response = await web.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = response.text.splitlines()
    assert "# TYPE aftercare_messages_sent_total counter" in lines
    assert 'aftercare_messages_sent_total{outcome="dead"} 2' in lines
    assert "aftercare_inbox_waiting 3" in lines
    assert not [line for line in lines if line.startswith("aftercare_never_set")]
    assert 'aftercare_commit_seconds_bucket{le="0.005"} 0' in lines
    assert 'aftercare_commit_seconds_bucket{le="0.01"} 1' in lines
    assert 'aftercare_commit_seconds_bucket{le="+Inf"} 1' in lines
    assert "aftercare_commit_seconds_count 1" in lines


def test_only_declared_names_can_be_counted() -> None:
    with pytest.raises(KeyError):
        Metrics().count("my_calf_is_swollen")
