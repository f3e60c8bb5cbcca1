"""From facts to numbers, without I/O and with the time as an argument; training and serving share every line."""
