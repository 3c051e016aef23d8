"""One file for each command; the command's function has the name of its file."""
