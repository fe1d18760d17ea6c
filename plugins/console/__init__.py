"""The console: policies in the browser, to look at, to change, to try and to save."""
