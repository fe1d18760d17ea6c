"""One command a file, named as the command."""
