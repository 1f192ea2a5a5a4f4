"""Templates and facts made into mails, posts and articles."""
