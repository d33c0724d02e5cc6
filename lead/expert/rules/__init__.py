"""One file per family of rules: what it is about, the speed it asks for, and what it has to remember."""
