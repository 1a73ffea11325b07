"""Deadlines: every clock of a case with its regime, pauses, due time and breach."""
