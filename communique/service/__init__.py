"""The unattended service, whole or in parts on several machines: its ticks, its files, what it says of them."""
