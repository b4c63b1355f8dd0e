def contact(name):
    return {"LastName": name, "Portal_Password_Reset__c": True, "password": None}
