"""What a delivery is and what is true of it: pure values and functions, no clock, no I/O, standard library only."""
