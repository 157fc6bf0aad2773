"""What programs read of a course, and the tokens by which they do."""
