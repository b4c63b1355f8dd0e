from aiosalesforce.auth import SoapLogin


def auth(settings):
    return SoapLogin(settings.user, settings.password, settings.token)
