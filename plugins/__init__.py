"""The seam for strangers, and the built-in plugins that use it."""
