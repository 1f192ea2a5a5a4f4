"""A text as it is spoken: numbers, dates, times and addresses as words of the language."""
