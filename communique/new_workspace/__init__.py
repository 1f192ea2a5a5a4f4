"""A workspace of one's own, made from the shipped one: with dates that lie ahead, in the languages that are wanted."""
