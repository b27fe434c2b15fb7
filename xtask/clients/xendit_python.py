"""Xendit's official client (xendit-python) against the sandbox: payouts v2. It writes an amount as 10000.0."""
import sys

import xendit
from xendit.apis import PayoutApi
from xendit.payout.model.channel_category import ChannelCategory
from xendit.payout.model.create_payout_request import CreatePayoutRequest
from xendit.payout.model.digital_payout_channel_properties import DigitalPayoutChannelProperties

xendit.set_api_key("xnd_development_upah-sandbox")
client = xendit.ApiClient()
client.configuration.host = sys.argv[1]
api = PayoutApi(client)


def create(key, amount):
    properties = DigitalPayoutChannelProperties(account_number="1234567890", account_holder_name="Siti Contoh")
    request = CreatePayoutRequest(reference_id="PY-1", channel_code="ID_BCA", channel_properties=properties,
                                  amount=amount, currency="IDR", description="Upah November")
    return api.create_payout(idempotency_key=key, create_payout_request=request)


def of(answer):
    return answer.to_dict() if hasattr(answer, "to_dict") else answer


first = of(create("PY-1", 10000.0))
assert first["status"] == "ACCEPTED" and first["reference_id"] == "PY-1", first
print("  ", first["status"])
again = of(create("PY-1", 10000.0))
assert again["id"] == first["id"], again
told = of(api.get_payout_by_id(id=first["id"]))
assert told["status"] == "SUCCEEDED", told
print("  ", told["status"])
channels = [of(one)["channel_code"] for one in api.get_payout_channels(channel_category=[ChannelCategory("EWALLET")])]
assert channels and "ID_DANA" in channels and "ID_BCA" not in channels, channels
print("  ", len(channels), "wallets")
try:
    api.cancel_payout(id=first["id"])
except xendit.XenditSdkException as refusal:
    print("   too late to cancel")
else:
    raise AssertionError("a payout that was paid was cancelled")
listed = of(api.get_payouts(reference_id="PY-1"))
assert [one["id"] for one in listed["data"]] == [first["id"]], listed
try:
    create("PY-1", 20000.0)
except xendit.XenditSdkException as refusal:
    assert "DUPLICATE_ERROR" in f"{refusal} {vars(refusal)}", refusal
    print("   DUPLICATE_ERROR")
else:
    raise AssertionError("another body under a known key was taken")
