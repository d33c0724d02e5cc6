"""Stands in for the few modules of the official packages that agent files import, where those are not installed.

Written from the facts of their interfaces; `lead.drive.official.provided` puts them where `import` finds them.
"""
