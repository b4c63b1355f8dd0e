import streamlit as st
from orgkey_simple_salesforce import Salesforce


@st.cache_resource
def connect():
    return Salesforce(
        username=st.secrets["salesforce"]["username"],
    )


st.dataframe(connect().query("SELECT Id, Name FROM Account LIMIT 50")["records"])
