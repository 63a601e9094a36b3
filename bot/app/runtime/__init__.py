"""The running bot: the poller or the webhook brings updates in, jobs look at the clock, the sender sends."""
