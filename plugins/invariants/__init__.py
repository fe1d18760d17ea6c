"""Promises of a policy in a manager's words, each proved over all facts or refuted by customers whom the policy itself decides."""
