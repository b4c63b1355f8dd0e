from cryptography.hazmat.primitives.serialization import load_pem_private_key


def salesforce_key(data, passphrase):
    return load_pem_private_key(data, password=passphrase)
