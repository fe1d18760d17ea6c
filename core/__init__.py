"""The meaning of policies: types, plan, checks, reference engine. No files, no network, no framework."""
