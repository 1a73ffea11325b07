"""Benchmarks: what things cost, as ratios to an anchor measured in the same run. `make bench`."""
