"""Due deliveries through channels; what a failure means."""
