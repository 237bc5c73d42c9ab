"""How a Django project gets from its repository to its environments."""
