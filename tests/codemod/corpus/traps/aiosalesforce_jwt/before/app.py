from aiosalesforce.auth import JwtBearerFlow


def auth(settings):
    return JwtBearerFlow(client_id=settings.key, username=settings.user, private_key=settings.private_key)
