"""Misuse of reporting: marks set by people, and the steps that follow, never on one dismissal."""
