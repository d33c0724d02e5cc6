"""Logs of py123d (0.7) written and read with pyarrow alone: the library itself brings a web viewer and a cluster runner."""
