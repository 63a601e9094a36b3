"""Floor 3: one ASGI app: webhooks, health, metrics, clinician console."""
