"""The commands of the command line, one module each: arguments in, one call, a line out."""
