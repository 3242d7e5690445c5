"""What is done with stored deliveries: annotations, figures, and deleting old ones."""
