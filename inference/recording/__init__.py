"""How a recording is opened, decoded and brought to one channel of 16 kHz."""
