"""What is due, whether it may go, to whom it is owed, and what is wrong before it goes."""
