"""Lumo 流光, the demo content platform: shares nothing with Redress but signed messages."""
