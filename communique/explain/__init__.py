"""What `communique explain CODE` says of every problem."""
