"""The examples do what they say; each is compared with an answer that is not ours."""
