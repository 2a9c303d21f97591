import streamlit as st

st.title(f"Ticket {st.query_params.get('id')}")
for n in range(30):
    st.write(f"Line {n}")
