"""Benchmarks: how many times the primal's time its gradient takes. `make bench` runs them."""
