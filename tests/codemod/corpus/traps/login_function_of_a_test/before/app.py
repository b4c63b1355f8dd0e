def salesforce_login(page, username, password):
    page.goto("https://acme.my.salesforce.com")
    page.fill("#username", username)
    page.fill("#password", password)
    page.click("#Login")
