"""`python -m tests.emulator`."""

from tests.emulator.launcher import main

main()
