"""Who is written to: people, what they chose and answered, and how what is known of them is taken out again."""
