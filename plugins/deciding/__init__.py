"""One decision for facts as they come from outside: they are read, decided, and given back in the catalogue's dictionary."""
