"""Real servers for the tests: Postgres, Redis behind TLS, an S3 emulator, the application."""
