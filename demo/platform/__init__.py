"""Lumo 流光, the demo content platform: its own process, its own data, nothing shared with Redress but signed messages."""
