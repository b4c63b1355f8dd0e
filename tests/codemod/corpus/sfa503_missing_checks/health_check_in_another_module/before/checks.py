import os


def missing_settings():
    names = {"SF_USERNAME", "SF_PASSWORD", "SF_TOKEN", "DATABASE_URL"}
    return sorted(name for name in names if not os.environ.get(name))
