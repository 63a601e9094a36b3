"""Seeded patients and clinicians live through weeks on the real services and the real store, with a virtual clock.

The channel and the clock are ports here; everything else is what runs in production. The same seed gives the same run.
"""
