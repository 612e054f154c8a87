"""The ``reader`` command: patches the standard library for gevent, then hands over to :mod:`reader.cli`."""


def main() -> None:
    """Run the command line. Patching comes first, because what is imported before it stays unpatched."""
    from gevent import monkey

    monkey.patch_all()
    from reader.cli import cli

    cli(prog_name="reader")


if __name__ == "__main__":
    main()
