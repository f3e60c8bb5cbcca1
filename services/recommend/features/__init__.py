"""What a pair of people who do not know each other yet have between them. Pure and columnar."""
