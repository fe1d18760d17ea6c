"""The cases of a policy: read, run on engines, compared with what they expect."""
