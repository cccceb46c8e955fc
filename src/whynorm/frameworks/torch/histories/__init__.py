"""What only a whole run shows of a norm: what is noted while the program runs, and what is made of it at the end."""
