"""BNI's official client (bnipython) against the sandbox: token, 11, 15, 16, 17, 18, 22, 23 and 36."""
import importlib.abc
import importlib.machinery
import random
import sys

BROKEN, MENDED = b"f'Bearer {options['accessToken']}'", b"f\"Bearer {options['accessToken']}\""


class Finder(importlib.abc.MetaPathFinder):
    """One line of the client is Python 3.12's; to an older one it is read with other quotation marks."""

    def find_spec(self, name, path, target=None):
        if sys.version_info >= (3, 12) or name != "bnipython.lib.net.httpClient":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        spec.loader = Loader(name, spec.origin)
        return spec


class Loader(importlib.machinery.SourceFileLoader):
    def source_to_code(self, data, path, **more):
        return super().source_to_code(data.replace(BROKEN, MENDED), path, **more)


sys.meta_path.insert(0, Finder())
from bnipython import BNIClient, SnapBI  # noqa: E402
from bnipython.lib.util import constants  # noqa: E402

url, key = sys.argv[1:3]
constants.SANDBOX_BASE_URL = url
client = BNIClient({"env": "sandbox", "appName": "UPAH", "clientId": "UPAHTEST", "clientSecret": "unused",
                    "apiKey": "UPAHTEST", "apiSecret": "upah-sandbox-secret"})
snap = SnapBI(client, {"privateKeyPath": key, "channelId": "95221"})
snap.configSnap["ipAddress"] = "127.0.0.1"
RUN, SOURCE = str(random.randint(10**9, 10**10)), "1000161562"
MONEY = {"value": "20000", "currency": "IDR"}


def says(answer, code):
    assert answer["responseCode"] == code, answer
    print("  ", code)
    return answer


def order(reference, bank):
    return {"partnerReferenceNo": RUN + reference, "amount": MONEY, "beneficiaryAccountName": "SITI CONTOH",
            "beneficiaryAccountNo": "0000000986", "beneficiaryBankCode": bank, "customerReference": "GAJI",
            "sourceAccountNo": SOURCE, "transactionDate": "", "additionalInfo": {"channel": "API"}}


def ask(reference, service):
    told = snap.transactionStatusInquiry({"originalPartnerReferenceNo": RUN + reference, "serviceCode": service,
                                          "transactionDate": "", "amount": MONEY})
    assert says(told, "2003600")["latestTransactionStatus"] == "00", told


says(snap.balanceInquiry({"partnerReferenceNo": RUN, "accountNo": SOURCE}), "2001100")
says(snap.internalAccountInquiry({"partnerReferenceNo": RUN, "beneficiaryAccountNo": "317125693"}), "2001500")
says(snap.externalAccountInquiry({"beneficiaryBankCode": "CENAIDJAXXX", "beneficiaryAccountNo": "123456789"}), "2001600")
says(snap.transferIntraBank(order("17", "") | {"feeType": "OUR"}), "2001700")
ask("17", "17")
says(snap.transferInterBank(order("18", "014")), "2001800")
ask("18", "18")
cleared = {"beneficiaryCustomerResidence": "1", "beneficiaryCustomerType": "1"}
says(snap.transferRTGS(order("22", "CENAIDJA") | cleared), "2002200")
says(snap.transferSKNBI(order("23", "CENAIDJAXXX") | cleared), "2002300")
ask("23", "23")
try:
    snap.transferInterBank(order("x", "014") | {"beneficiaryAccountNo": "9940411123"})
except ValueError as refusal:
    assert "4041811" in str(refusal), refusal
    print("   4041811")
