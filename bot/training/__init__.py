"""Trains and measures the recogniser from corpus/. Never imported at run time; needs the dependency group ``train``."""
