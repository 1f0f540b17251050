"""`python -m bot`: the same as the console script `clinicbot`."""

from bot.cli.main import main

main()
