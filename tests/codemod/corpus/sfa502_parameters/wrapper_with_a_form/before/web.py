from flask import request

from crm import connect


def login():
    form = request.form
    return connect(form["username"], form["password"], form["token"])
