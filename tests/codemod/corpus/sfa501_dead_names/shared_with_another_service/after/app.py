import os
import smtplib

from orgkey_simple_salesforce import Salesforce


def run():
    user, password = os.environ["SERVICE_USER"], os.environ["SERVICE_PASSWORD"]
    with smtplib.SMTP("mail.acme.example") as mail:
        mail.login(user, password)
    return Salesforce(username=user)
