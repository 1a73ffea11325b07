"""Detectors: each file one way of looking. They know `domain.matching.detector` and nothing else of the house."""

import os

# onnxruntime reports its use to its maker and keeps a thread and a file for it from the moment it is
# imported (seen with 1.31 on Linux). What is looked at here concerns nobody else, and a sandbox is forked from a
# process with one thread.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
