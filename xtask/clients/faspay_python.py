"""Faspay's official client (FaspaySendmeSnap) against the sandbox: 11, 16, 18, 36, 38 and 39, without a token."""
import os
import sys
import tempfile

url, key = sys.argv[1], os.path.abspath(sys.argv[2])
# The client reads its configuration from the folder that it runs in.
folder = tempfile.TemporaryDirectory()
os.chdir(folder.name)
with open("SendMeConfig.ini", "w") as config:
    config.write(f"[development]\nhost = {url}\nchannel_id = 88001\npartner_id = UPAHTEST\nkey_path = {key}\n")
from FaspaySendmeSnap import Api  # noqa: E402

faspay = Api.Services
MONEY = {"value": "50000.00", "currency": "IDR"}


def says(answer, code):
    assert answer.get("responseCode") == code, answer
    print("  ", code)
    return answer


def ask(call, reference, service, code):
    told = call(faspay, {"originalPartnerReferenceNo": reference, "serviceCode": service})
    assert says(told, code)["latestTransactionStatus"] == "00", told


says(faspay.balanceInquiry(faspay, {"accountNo": "9920000082"}), "2001100")
about = {"beneficiaryBankCode": "002", "beneficiaryAccountNo": "888801000157508", "partnerReferenceNo": "FA-A",
         "additionalInfo": {"sourceAccount": "9920000082"}}
says(faspay.accountInquiry(faspay, about), "2001600")
order = {"partnerReferenceNo": "FA-B", "amount": MONEY, "beneficiaryAccountName": "Siti Contoh",
         "beneficiaryAccountNo": "888801000157508", "beneficiaryBankCode": "002", "currency": "IDR",
         "sourceAccountNo": "9920000082", "transactionDate": "2026-11-25T09:00:00+07:00", "feeType": "OUR"}
says(faspay.transferInterbank(faspay, order), "2001800")
ask(faspay.transferStatus, "FA-B", "18", "2003600")
top_up = {"partnerReferenceNo": "FA-W", "customerNumber": "6281234567890", "amount": MONEY,
          "transactionDate": "2026-11-25T09:00:00+07:00", "notes": "gaji"}
says(faspay.topupEmoney(faspay, top_up), "2003800")
ask(faspay.emoneyStatus, "FA-W", "38", "2003900")
again = faspay.transferInterbank(faspay, order)
assert "409" in again.get("message", ""), again
print("   HTTP 409")
