from pipeline.load import connect

sf = connect()
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
