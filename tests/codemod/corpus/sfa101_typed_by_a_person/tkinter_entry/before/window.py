import tkinter as tk

from simple_salesforce import Salesforce


class LoginWindow(tk.Frame):
    def __init__(self, master):
        super().__init__(master)
        self.user = tk.Entry(self)
        self.password = tk.Entry(self, show="*")

    def on_connect(self):
        self.sf = Salesforce(username=self.user.get(), password=self.password.get(), security_token="")
