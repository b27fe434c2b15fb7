// Midtrans' official client for Node (midtrans-client) against the sandbox: Iris, with its two keys. It sends no
// idempotency key, so each creation is another payout.
const assert = require('node:assert');
const { Iris } = require('midtrans-client');
const ApiConfig = require('midtrans-client/lib/apiConfig');

const [url] = process.argv.slice(2);
ApiConfig.IRIS_SANDBOX_BASE_URL = `${url}/iris/api/v1`;
const creator = new Iris({ isProduction: false, serverKey: 'IRIS-upah-sandbox-creator' });
const approver = new Iris({ isProduction: false, serverKey: 'IRIS-upah-sandbox-approver' });

async function refuses(call, status) {
  await assert.rejects(call, (refusal) => refusal.httpStatusCode === status);
  console.log('   HTTP', status);
}

async function stands(number, status) {
  const told = await creator.getPayoutDetails(number);
  assert.strictEqual(told.status, status);
  console.log('  ', status);
  return told;
}

async function main() {
  await creator.ping();
  assert.ok((await creator.getBeneficiaryBanks()).beneficiary_banks.some((bank) => bank.code === 'bca'));
  const account = await creator.validateBankAccount({ bank: 'bca', account: '1234567890' });
  assert.strictEqual(account.account_no, '1234567890');
  await refuses(creator.validateBankAccount({ bank: 'bca', account: '9840411123' }), 400);
  const before = Number((await creator.getBalance()).balance);

  const payout = {
    beneficiary_name: 'Siti Contoh', beneficiary_account: '1234567890', beneficiary_bank: 'bca',
    beneficiary_email: 'siti@contoh.example', amount: '600000', notes: 'Upah November',
  };
  const made = await creator.createPayouts({ payouts: [payout, { ...payout, amount: '50000.00' }] });
  const [paid, rejected] = made.payouts.map((one) => one.reference_no);
  assert.strictEqual((await stands(paid, 'queued')).notes, payout.notes);
  assert.strictEqual(Number((await creator.getBalance()).balance), before, 'a creation moves nothing');
  assert.strictEqual((await approver.approvePayouts({ reference_nos: [paid], otp: '335163' })).status, 'ok');
  assert.strictEqual((await stands(paid, 'completed')).amount, '600000.0');
  assert.strictEqual((await approver.rejectPayouts({ reference_nos: [rejected], reject_reason: 'twice' })).status, 'ok');
  await stands(rejected, 'rejected');
  const history = await creator.getTransactionHistory({ from_date: '2020-01-01', to_date: '2099-12-31' });
  assert.deepStrictEqual(history.map((line) => line.reference_no), [paid]);
  assert.strictEqual(Number((await creator.getBalance()).balance), before - 600000);
  await refuses(creator.createPayouts({ payouts: [{ ...payout, beneficiary_bank: 'nobodys' }] }), 400);
  await refuses(creator.getPayoutDetails('nobodys'), 404);
}

main().catch((failure) => {
  console.error(failure);
  process.exit(1);
});
