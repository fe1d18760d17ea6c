"""Running a plan: the reference engine that defines the meaning, and what engines give back."""
