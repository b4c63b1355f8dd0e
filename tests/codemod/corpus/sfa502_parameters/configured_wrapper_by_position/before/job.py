import os

import acme_platform.salesforce as platform_sf

sf = platform_sf.get_client(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"], os.environ["SF_TOKEN"])
