"""What whoever watches the service reads: whether it is well, and its figures."""
