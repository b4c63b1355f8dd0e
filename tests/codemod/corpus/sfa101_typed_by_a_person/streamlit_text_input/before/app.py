import streamlit as st
from simple_salesforce import Salesforce

username = st.text_input("Salesforce user")
password = st.text_input("Password", type="password")
token = st.text_input("Security token", type="password")

if st.button("Connect"):
    st.session_state.sf = Salesforce(username=username, password=password, security_token=token)
