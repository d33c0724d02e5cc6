"""Records drives: a rig and its moved copy on the ego, frames of what they saw and what was true."""
