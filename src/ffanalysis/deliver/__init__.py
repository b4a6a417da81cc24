"""What leaves the house: release, editions, mail, corrections, and the journal of all of it."""
