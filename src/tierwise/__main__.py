"""Run the command line with ``python -m tierwise``."""

from tierwise.cli.main import main

if __name__ == "__main__":
    main()
