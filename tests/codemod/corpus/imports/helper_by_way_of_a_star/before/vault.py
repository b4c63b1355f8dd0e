import os


def secret(name):
    return os.environ[name]
