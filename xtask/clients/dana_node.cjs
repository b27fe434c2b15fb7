// DANA's official client for Node (dana-node) against the sandbox, on its own family of paths.
const assert = require('node:assert');
const { readFileSync } = require('node:fs');
const { Dana } = require('dana-node');

const [url, key] = process.argv.slice(2);
const dana = new Dana({ partnerId: 'UPAHTEST', privateKey: readFileSync(key, 'utf8'), origin: 'upah.example', env: 'sandbox' });
const api = dana.disbursementApi;
api.configuration.configuration.basePath = url;

const idr = (value) => ({ value, currency: 'IDR' });
const toWallet = { fundType: 'AGENT_TOPUP_FOR_USER_SETTLE' };
const toBank = { fundType: 'MERCHANT_WITHDRAW_FOR_CORPORATE' };
const number = '62811742234';
const date = '2026-11-25T09:00:00+07:00';

function says(answer, code) {
  assert.strictEqual(answer.responseCode, code);
  console.log('  ', code);
  return answer;
}

async function refuses(call, status) {
  await assert.rejects(call, (refusal) => String(refusal.status ?? refusal.response?.status) === status);
  console.log('   HTTP', status);
}

async function main() {
  const inquiry = { customerNumber: number, amount: idr('1.00'), transactionDate: date, additionalInfo: toWallet };
  says(await api.danaAccountInquiry(inquiry), '2003700');
  await refuses(api.danaAccountInquiry({ ...inquiry, customerNumber: '628152768647' }), '403');
  const topUp = { ...inquiry, partnerReferenceNo: 'JS-W', feeAmount: idr('1.00'), notes: 'café' };
  const first = says(await api.transferToDana(topUp), '2003800');
  assert.strictEqual(says(await api.transferToDana(topUp), '2003800').referenceNo, first.referenceNo);
  const wallet = { originalPartnerReferenceNo: 'JS-W', serviceCode: '38' };
  assert.strictEqual(says(await api.transferToDanaInquiryStatus(wallet), '2003900').latestTransactionStatus, '00');

  const account = { customerNumber: number, beneficiaryAccountNumber: '2460888509', amount: idr('50000.00') };
  const about = { ...account, additionalInfo: { ...toBank, beneficiaryBankCode: '014' } };
  says(await api.bankAccountInquiry(about), '2004200');
  const order = { ...account, partnerReferenceNo: 'JS-B', beneficiaryBankCode: '014', additionalInfo: { ...toBank, needNotify: true } };
  says(await api.transferToBank(order), '2024300');
  const bank = { originalPartnerReferenceNo: 'JS-B', serviceCode: '00' };
  let status = '';
  for (let asked = 0; asked < 9 && status !== '00'; asked += 1) {
    status = says(await api.transferToBankInquiryStatus(bank), '2000000').latestTransactionStatus;
  }
  assert.strictEqual(status, '00');
}

main().catch((failure) => {
  console.error(failure);
  process.exit(1);
});
