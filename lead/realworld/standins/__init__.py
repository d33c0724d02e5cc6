"""Recordings of the embedded simulator in the benchmarks' own layouts, so that all of it runs without anyone's licence."""
