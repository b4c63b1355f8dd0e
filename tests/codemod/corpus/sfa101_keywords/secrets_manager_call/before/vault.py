def read(path):
    """The text of a secret in the team's vault."""
    with open("/run/secrets/" + path.replace("/", "-")) as file:
        return file.read()
