"""Events from a database or a stream of JSON lines, and where seen events, actions and open windows are kept."""
