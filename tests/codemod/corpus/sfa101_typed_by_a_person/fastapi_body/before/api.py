from fastapi import FastAPI
from pydantic import BaseModel
from simple_salesforce import Salesforce

app = FastAPI()


class Login(BaseModel):
    username: str
    password: str
    token: str = ""


@app.post("/orgs")
def add_org(login: Login):
    sf = Salesforce(username=login.username, password=login.password, security_token=login.token)
    return {"instance": sf.sf_instance}
