"""The geometry of a plan: what its conditions can tell apart, as boxes in a space; for whoever analyses plans, not for deciding."""
