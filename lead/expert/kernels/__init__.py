"""Kernels of the expert; each file stands alone, so that editing one recompiles all that is built on it."""
