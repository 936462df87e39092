"""Writes an archive of CloudTrail files, packed and named as CloudTrail does it. The same each time.

`archive_of_cloudtrail.py FOLDER MEGABYTES small|large`: small files as most accounts have them (a median of 25 kB of text, a few
much larger), or large ones of 4 MB. Records are made after the examples in AWS's documentation; sizes and mixture are those of a
busy account: mostly reads by roles, some by users, one record in 400 of SES. Two in 10,000 are of the key that is searched for.
"""

import json
import math
import multiprocessing
import random
import sys
import time
import zlib
from pathlib import Path

KEY, USER = "AKIAIOSFODNN7EXAMPLE", "mailer"
ACCOUNTS = ["111122223333", "444455556666", "777788889999"]
REGIONS = ["us-east-1", "eu-west-1", "eu-central-1", "ap-southeast-2", "us-west-2"]
START = 1_772_323_200
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
AGENTS = [
    "aws-sdk-java/2.29.1 md/io#sync md/http#Apache ua/2.1 os/Linux#6.1.112 lang/java#21.0.5 md/OpenJDK_64-Bit_Server_VM",
    "Boto3/1.35.40 md/Botocore#1.35.40 ua/2.0 os/linux#6.1.112-122.189.amzn2023.x86_64 md/arch#x86_64 lang/python#3.12.6",
    "aws-cli/2.18.5 md/awscrt#0.22.0 ua/2.0 os/linux#6.8.0 md/arch#x86_64 lang/python#3.12.6 cfg/retry-mode#standard",
    "APN/1.0 HashiCorp/1.0 Terraform/1.9.8 (+https://www.terraform.io) terraform-provider-aws/5.72.1 m/C aws-sdk-go-v2/1.32.2",
]


def uuid(pick):
    text = f"{pick.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def letters(pick, count):
    return "".join(pick.choices(LETTERS, k=count))


class People:
    """Who calls: users with keys of their own, and roles with sessions."""

    def __init__(self):
        pick = random.Random(5)
        self.users = [(f"svc-{number:03d}", "AKIA" + letters(pick, 16), "AIDA" + letters(pick, 17)) for number in range(150)]
        self.roles = [(f"app-{number:03d}-role", "AROA" + letters(pick, 17)) for number in range(250)]
        self.addresses = [f"198.51.100.{pick.randrange(256)}" for _ in range(60)]

    def identity(self, pick, account, day):
        if pick.random() < 0.3:
            name, key, principal = self.users[int(150 * pick.random() ** 3)]
            return self.user(account, name, key, principal)
        name, principal = self.roles[int(250 * pick.random() ** 3)]
        session = f"i-{pick.getrandbits(64):017x}"
        return {
            "type": "AssumedRole", "principalId": f"{principal}:{session}",
            "arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}", "accountId": account,
            "accessKeyId": "ASIA" + letters(pick, 16),
            "sessionContext": {
                "sessionIssuer": {"type": "Role", "principalId": principal, "arn": f"arn:aws:iam::{account}:role/{name}",
                                  "accountId": account, "userName": name},
                "attributes": {"creationDate": f"{day}T00:14:37Z", "mfaAuthenticated": "false"},
            },
        }

    @staticmethod
    def user(account, name, key, principal):
        return {"type": "IAMUser", "principalId": principal, "arn": f"arn:aws:iam::{account}:user/{name}", "accountId": account,
                "accessKeyId": key, "userName": name}


def instances(pick, account):
    return {"instancesSet": {"items": [{"instanceId": f"i-{pick.getrandbits(64):017x}"} for _ in range(pick.randrange(1, 25))]},
            "filterSet": {"items": [{"name": "tag:team", "valueSet": {"items": [{"value": f"team-{pick.randrange(40)}"}]}}]}}


def bucket(pick, account):
    return {"bucketName": f"data-{pick.randrange(30)}-{account}", "Host": f"data-{account}.s3.eu-west-1.amazonaws.com",
            "key": f"exports/2026/{pick.randrange(12):02d}/{uuid(pick)}.parquet"}


def decryption(pick, account):
    return {"encryptionContext": {"aws:s3:arn": f"arn:aws:s3:::data-{pick.randrange(30)}-{account}"},
            "encryptionAlgorithm": "SYMMETRIC_DEFAULT", "keyId": f"arn:aws:kms:eu-west-1:{account}:key/{uuid(pick)}"}


def policy(pick, account):
    statement = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                 "Resource": f"arn:aws:logs:*:{account}:log-group:/app/{pick.randrange(90)}:*"}
    return {"roleName": f"app-{pick.randrange(250):03d}-role", "policyName": f"logs-{pick.randrange(9)}",
            "policyDocument": json.dumps({"Version": "2012-10-17", "Statement": [statement] * pick.randrange(1, 6)}, indent=2)}


def role(pick, account):
    return {"roleArn": f"arn:aws:iam::{account}:role/app-{pick.randrange(250):03d}-role", "roleSessionName": f"i-{pick.getrandbits(64):017x}",
            "durationSeconds": 3600}


def nothing(pick, account):
    return None


CALLS = [
    ("s3", "GetObject", bucket, True, 20), ("kms", "Decrypt", decryption, True, 16), ("sts", "AssumeRole", role, True, 16),
    ("ec2", "DescribeInstances", instances, True, 14), ("s3", "ListBuckets", nothing, True, 4), ("logs", "CreateLogStream", nothing, False, 8),
    ("iam", "PutRolePolicy", policy, False, 3), ("ec2", "RunInstances", instances, False, 2), ("sts", "GetCallerIdentity", nothing, True, 6),
    ("monitoring", "DescribeAlarms", nothing, True, 6), ("s3", "PutObject", bucket, False, 5),
]
WEIGHTS = [call[4] for call in CALLS]
OF_SES = [("ses", "GetAccount", nothing, True, 0), ("ses", "SendEmail", nothing, False, 0), ("ses", "GetSendQuota", nothing, True, 0)]


def record(pick, people, account, region, second):
    moment = time.gmtime(second)
    day = time.strftime("%Y-%m-%d", moment)
    chance = pick.random()
    service, name, parameters, reads, _ = pick.choice(OF_SES) if chance < 0.0025 else pick.choices(CALLS, WEIGHTS)[0]
    identity = people.identity(pick, account, day)
    if chance < 0.0001 or chance > 0.9999:
        identity = People.user(account, USER, KEY, "AIDACKCEVSQ6C2EXAMPLE")
    made = {
        "eventVersion": "1.09", "userIdentity": identity, "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", moment),
        "eventSource": f"{service}.amazonaws.com", "eventName": name, "awsRegion": region,
        "sourceIPAddress": pick.choice(people.addresses), "userAgent": pick.choice(AGENTS),
    }
    if chance < 0.0006 or 0.5 < chance < 0.51:
        made["errorCode"] = "AccessDenied"
        made["errorMessage"] = f"User: {identity['arn']} is not authorized to perform: {service}:{name} because no identity-based policy allows it"
    made |= {
        "requestParameters": parameters(pick, account), "responseElements": None, "requestID": uuid(pick), "eventID": uuid(pick),
        "readOnly": reads, "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": account, "eventCategory": "Management",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256",
                       "clientProvidedHostHeader": f"{service}.{region}.amazonaws.com"},
    }
    return json.dumps(made, separators=(",", ":"))


def write(folder, budget, profile, worker):
    pick, people, written = random.Random(f"{profile} {worker}"), People(), 0
    while written < budget:
        middle, spread, most = (3.2e6, 0.6, 20e6) if profile == "large" else (25e3, 1.4, 6e6)
        size = max(900, min(pick.lognormvariate(math.log(middle), spread), most, budget - written + 2000))
        account, region, second = pick.choice(ACCOUNTS), pick.choice(REGIONS), START + 300 * pick.randrange(30 * 288)
        records, length = [], 0
        while length < size:
            records.append(record(pick, people, account, region, second + pick.randrange(300)))
            length += len(records[-1]) + 1
        text = ('{"Records":[' + ",".join(records) + "]}").encode()
        moment = time.gmtime(second + 300)
        day = Path(folder, "AWSLogs", account, "CloudTrail", region, time.strftime("%Y/%m/%d", moment))
        day.mkdir(parents=True, exist_ok=True)
        packer = zlib.compressobj(6, zlib.DEFLATED, 31)
        name = f"{account}_CloudTrail_{region}_{time.strftime('%Y%m%dT%H%MZ', moment)}_{letters(pick, 16)}.json.gz"
        day.joinpath(name).write_bytes(packer.compress(text) + packer.flush())
        written += len(text)


def main():
    folder, megabytes, profile = sys.argv[1], float(sys.argv[2]), sys.argv[3]
    workers = multiprocessing.cpu_count()
    each = [(folder, megabytes * 1e6 / workers, profile, worker) for worker in range(workers)]
    with multiprocessing.Pool(workers) as pool:
        pool.starmap(write, each)


if __name__ == "__main__":
    main()
