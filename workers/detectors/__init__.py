"""Detectors: each file one way of looking. They know `domain.matching.detector` and nothing else of the house."""
