"""An alert's life: the policy that steers it, who is on call, and ``advance(alert, event, now) -> (alert, actions)``."""
