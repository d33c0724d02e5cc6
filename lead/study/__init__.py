"""How far an expert is from its student: what it acted on that the student could not have known."""
