"""The command line: shell/cli.py parses, one module a command; arguments in, one call, a line out."""
