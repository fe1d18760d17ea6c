"""The text of policies, overlays, bindings and cases: what may stand in it, and YAML as values with places."""
