"""What an installation needs beyond its files: machine, database, DNS, mail server, public address."""
