"""The same reads and logins as `ses-doctor diagnose`, as a careful Python script would make them: boto3 with 25 threads.

Prints the region that accepts the password, so that the answer can be checked.
"""

import os
import smtplib
import ssl
from concurrent.futures import ThreadPoolExecutor

import boto3

KEY, PASSWORD = os.environ["SMTP_USERNAME"], os.environ["SMTP_PASSWORD"]
SENDER, HERE = os.environ["BENCH_FROM"], os.environ["AWS_REGION"]
ENDPOINTS = dict(entry.split("=") for entry in os.environ["SES_DOCTOR_SMTP_ENDPOINTS"].split(","))


def logs_in(region: str) -> bool:
    host, port = ENDPOINTS[f"{region}:587"].split(":")
    context = ssl.create_default_context(cafile=os.environ["SES_DOCTOR_TLS_CA"])
    with smtplib.SMTP(host, int(port), timeout=30) as session:
        session.starttls(context=context)
        try:
            session.login(KEY, PASSWORD)
        except smtplib.SMTPAuthenticationError:
            return False
    return True


def logins() -> str:
    if logs_in(HERE):
        return HERE
    others = sorted({entry.split(":")[0] for entry in ENDPOINTS} - {HERE})
    with ThreadPoolExecutor(25) as pool:
        accepted = [region for region, yes in zip(others, pool.map(logs_in, others)) if yes]
    return accepted[0] if accepted else "none"


def key_reads(iam, trail) -> None:
    user = iam.get_access_key_last_used(AccessKeyId=KEY)["UserName"]
    with ThreadPoolExecutor(25) as pool:
        keys = pool.submit(iam.list_access_keys, UserName=user)
        events = pool.submit(trail.lookup_events, LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": user}])
        keys.result(), events.result()


def main() -> None:
    session = boto3.Session()
    sts, iam = session.client("sts"), session.client("iam")
    trail, ses = session.client("cloudtrail", region_name="us-east-1"), session.client("sesv2")
    with ThreadPoolExecutor(25) as pool:
        login = pool.submit(logins)
        reads = [
            pool.submit(sts.get_caller_identity),
            pool.submit(sts.get_access_key_info, AccessKeyId=KEY),
            pool.submit(key_reads, iam, trail),
            pool.submit(ses.get_account),
            pool.submit(ses.get_email_identity, EmailIdentity=SENDER.split("@")[1]),
            pool.submit(trail.lookup_events, LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": KEY}]),
        ]
        for read in reads:
            read.result()
        print(login.result())


main()
