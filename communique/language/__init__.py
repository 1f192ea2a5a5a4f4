"""What differs from language to language: dates, lists, placeholders; and how values are put into texts."""
