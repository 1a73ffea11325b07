"""What files say of their own making, as the readers read it: answers, claims with their source, and what follows."""
