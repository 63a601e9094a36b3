"""What the process counts about itself (`/metrics`)."""

from __future__ import annotations

from bot.web.metrics import Metrics


def declare_metrics(metrics: Metrics) -> None:
    """Declares every counter and histogram once."""
    metrics.counter("aftercare_updates_total", "Updates that arrived, by outcome: kept, repeated.")
    metrics.counter("aftercare_handling_failures_total", "Attempts to handle an update that failed; it waits and is tried again.")
    metrics.counter("aftercare_messages_total", "Attempts to send, by lane and outcome.")
    metrics.counter("aftercare_job_failures_total", "Runs of a job that failed, by job.")
    metrics.gauge("aftercare_inbox_waiting", "Updates that are kept and not yet handled.")
    metrics.gauge("aftercare_outbox_pending", "Messages that wait for their time, their turn or another try.")
    metrics.gauge("aftercare_alerts_unresolved", "Alerts that nobody has resolved yet.")
    metrics.gauge("aftercare_content_refused", "1 while a file is not valid and the last good version stays live in its place.")
    metrics.gauge("aftercare_troubles", "Kinds of trouble that the auditor found last.")
    metrics.gauge(
        "aftercare_canary_seconds", "What the newest canary that came back took, from its alert to its acknowledgement."
    )
    metrics.gauge("aftercare_rota_holes", "Stretches of the coming 30 days in which a rota has nobody who can be reached.")
    metrics.histogram("aftercare_commit_seconds", "From an update's arrival until it is durable.")
    metrics.histogram("aftercare_page_seconds", "From the commit of a page until it is handed to the channel.")
