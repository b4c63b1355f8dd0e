import os
import unittest

import client


class ClientTest(unittest.TestCase):
    def setUp(self):
        os.environ["SF_USERNAME"] = "agent@acme.example"
        os.environ["SF_PASSWORD"] = "pw"

    def test_connect(self):
        client.connect()
