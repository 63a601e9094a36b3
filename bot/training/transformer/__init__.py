"""Teaches the larger learned reader: a small transformer, tuned from a base model that another package ships. Needs PyTorch."""
