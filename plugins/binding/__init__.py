"""How the facts of a policy come from a given database: the binding file, automatic binding, drafts, and the way into a ``FactTable``."""
