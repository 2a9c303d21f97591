"""The settings that administrators change in Docket, with every version of each."""
