"""A student drives: from its sensors through its network to pedals and wheel. Source: spec/tfv6.md, 5."""
