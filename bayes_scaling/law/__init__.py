"""What a law is: its mean, its parameters and their priors, its likelihood."""
