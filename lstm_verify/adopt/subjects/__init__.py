"""What people have, behind one face: one file for each kind of thing that an LSTM is written as."""
