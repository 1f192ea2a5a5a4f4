"""Letters on paper: where their parts lie, how they become PDF, and the batches they are printed in."""
