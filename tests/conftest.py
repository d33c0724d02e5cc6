"""Settings and fixtures that the tests of several rooms share."""

from hypothesis import settings

# The first call of a numba kernel compiles, so a wall-clock deadline per example would be about the compiler.
settings.register_profile("lead", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("lead")
