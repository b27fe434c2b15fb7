// What promptparse says of payloads: a JSON string on each line of standard input, an object or null on each line of standard output.
const { parse } = require('promptparse');

const TAGS = ['01', '54', '59', '60'];

// A length of -4 leads its reader in a circle.
function isCircular(payload) {
  return /-\d/.test(payload);
}

const lines = require('fs').readFileSync(0, 'utf8').split('\n').filter((line) => line !== '');
const said = lines.map((line) => {
  const payload = JSON.parse(line);
  if (isCircular(payload)) return 'skipped';
  const code = parse(payload, true, true);
  if (code === null) return null;
  const values = Object.fromEntries(TAGS.map((tag) => [tag, code.getTagValue(tag) ?? null]));
  return { ...values, '51.02': code.getTagValue('51', '02') ?? null };
});
process.stdout.write(said.map((it) => JSON.stringify(it) + '\n').join(''));
