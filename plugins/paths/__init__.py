"""The way to another grade: the smallest changes of a subject's facts that reach it, and what would lose the present one."""
