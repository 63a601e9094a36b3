"""The command line, one file per family of commands. Exit codes: 0 done, 1 problems found, 2 wrong use."""
