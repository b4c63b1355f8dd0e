import boto3


def session(key, secret, security_token):
    return boto3.Session(aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=security_token)
