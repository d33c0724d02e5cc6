"""Pictures, videos, tables and pages made from results; runs nothing."""
