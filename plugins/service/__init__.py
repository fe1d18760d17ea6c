"""Decides over HTTP: checked policies kept in service and swapped whole, the application that answers, and its OpenAPI document."""
