import streamlit as st
from simple_salesforce import Salesforce


@st.cache_resource
def connect():
    return Salesforce(
        username=st.secrets["salesforce"]["username"],
        password=st.secrets["salesforce"]["password"],
        security_token=st.secrets["salesforce"]["token"],
    )


st.dataframe(connect().query("SELECT Id, Name FROM Account LIMIT 50")["records"])
