def show(sf):
    print(sf.query("SELECT Id FROM Contact")["totalSize"])
