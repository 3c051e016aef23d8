"""The options of every command, one file for each subject."""
