from flask import request

from crm import Salesforce


def check():
    form = request.form
    return Salesforce(username=form["username"], password=form["password"], security_token="")
