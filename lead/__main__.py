"""`python -m lead` is the `lead` command."""

from lead.cli.main import main

if __name__ == "__main__":
    main()
