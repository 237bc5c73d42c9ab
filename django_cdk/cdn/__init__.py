"""How CloudFront serves a site, its media and the application behind it."""
