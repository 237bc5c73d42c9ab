"""An application on one EC2 instance, reached by Systems Manager."""
