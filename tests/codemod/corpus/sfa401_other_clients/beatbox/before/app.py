import os

import beatbox

service = beatbox.PythonClient()
service.login(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"] + os.environ["SF_TOKEN"])
print(service.query("SELECT Id FROM Account LIMIT 1"))
