"""The Python the worker runs in: found, checked, installed and diagnosed, without threads and without the network."""
