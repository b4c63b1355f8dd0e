from flask import Flask, request, session
from simple_salesforce import Salesforce

app = Flask(__name__)


@app.post("/connect")
def connect():
    sf = Salesforce(
        username=request.form["username"],
        password=request.form["password"],
        security_token=request.form["token"],
    )
    session["instance"] = sf.sf_instance
    return "connected"
