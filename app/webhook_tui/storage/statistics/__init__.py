"""What is stored, counted and grouped, on threads of their own."""
