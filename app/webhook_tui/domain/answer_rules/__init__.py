"""What the receiver answers, and the rules that choose it."""
