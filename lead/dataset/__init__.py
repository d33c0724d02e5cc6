"""Recorded drives: written frame by frame, checked, read as samples and sampled for training."""
