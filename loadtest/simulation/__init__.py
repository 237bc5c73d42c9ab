"""What the scaling policies of a synthesized template do with a day's load."""
