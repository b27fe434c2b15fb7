"""DANA's official client (dana-python) against the sandbox: wallets by 37 to 39, banks by 42, 43 and 00."""
import sys

from dana.api_client import ApiClient
from dana.disbursement.v1 import DisbursementApi
from dana.disbursement.v1.models import (
    BankAccountInquiryRequest,
    DanaAccountInquiryRequest,
    TransferToBankInquiryStatusRequest,
    TransferToBankRequest,
    TransferToDanaInquiryStatusRequest,
    TransferToDanaRequest,
)
from dana.exceptions import ApiException
from dana.utils.snap_configuration import AuthSettings, Env, SnapConfiguration

url, key = sys.argv[1], open(sys.argv[2]).read()
configuration = SnapConfiguration(
    api_key=AuthSettings(PRIVATE_KEY=key, ORIGIN="upah.example", X_PARTNER_ID="UPAHTEST", DANA_ENV=Env.SANDBOX, ENV=Env.SANDBOX)
)
configuration.host = url
api = DisbursementApi(ApiClient(configuration))

IDR = lambda value: {"value": value, "currency": "IDR"}
TO_WALLET = {"fundType": "AGENT_TOPUP_FOR_USER_SETTLE"}
TO_BANK = {"fundType": "MERCHANT_WITHDRAW_FOR_CORPORATE"}
NUMBER = "62811742234"


def says(answer, code):
    assert answer.response_code == code, answer.response_code
    print("  ", code)
    return answer


def refuses(call, code):
    try:
        call()
    except ApiException as refusal:
        assert code in str(refusal.body), refusal.body
        print("  ", code)
    else:
        raise AssertionError(f"{code} was expected")


inquiry = {"customerNumber": NUMBER, "amount": IDR("1.00"), "additionalInfo": TO_WALLET}
says(api.dana_account_inquiry(DanaAccountInquiryRequest.from_dict(inquiry)), "2003700")
frozen = DanaAccountInquiryRequest.from_dict({**inquiry, "customerNumber": "628123456667"})
refuses(lambda: api.dana_account_inquiry(frozen), "4033705")

top_up = {"partnerReferenceNo": "PY-W", "customerNumber": NUMBER, "amount": IDR("1.00"), "feeAmount": IDR("1.00"),
          "transactionDate": "2026-11-25T09:00:00+07:00", "notes": "caf\u00e9", "additionalInfo": TO_WALLET}
first = says(api.transfer_to_dana(TransferToDanaRequest.from_dict(top_up)), "2003800")
again = says(api.transfer_to_dana(TransferToDanaRequest.from_dict(top_up)), "2003800")
assert first.reference_no == again.reference_no
other = TransferToDanaRequest.from_dict({**top_up, "amount": IDR("2.00")})
refuses(lambda: api.transfer_to_dana(other), "4043818")
ask = {"originalPartnerReferenceNo": "PY-W", "serviceCode": "38"}
told = says(api.transfer_to_dana_inquiry_status(TransferToDanaInquiryStatusRequest.from_dict(ask)), "2003900")
assert told.latest_transaction_status == "00" and told.amount.value == "1.00"
unknown = TransferToDanaInquiryStatusRequest.from_dict({**ask, "originalPartnerReferenceNo": "PY-X"})
refuses(lambda: api.transfer_to_dana_inquiry_status(unknown), "4043901")

account = {"customerNumber": NUMBER, "beneficiaryAccountNumber": "2460888509", "amount": IDR("50000.00")}
about = {**account, "additionalInfo": {**TO_BANK, "beneficiaryBankCode": "014"}}
found = says(api.bank_account_inquiry(BankAccountInquiryRequest.from_dict(about)), "2004200")
assert found.beneficiary_account_name
order = {**account, "partnerReferenceNo": "PY-B", "beneficiaryBankCode": "014", "additionalInfo": TO_BANK}
says(api.transfer_to_bank(TransferToBankRequest.from_dict(order)), "2004300")
ask = {"originalPartnerReferenceNo": "PY-B", "serviceCode": "00"}
told = says(api.transfer_to_bank_inquiry_status(TransferToBankInquiryStatusRequest.from_dict(ask)), "2000000")
assert told.latest_transaction_status == "00"
