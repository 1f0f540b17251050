"""How the process that reads a document ends, where it ends without a reading: its exit codes."""

REFUSED, OUT_OF_MEMORY, TOO_DEEP = 10, 11, 12
