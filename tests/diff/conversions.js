'use strict';

// Texts of every length and mixture through the encodings of Buffer and through JSON, and numbers of all forms: what is
// done in steps of a register has its mistakes where one step ends and the next begins. The sums of what came of it are compared.

const { createHash } = require('node:crypto');

let seed = 1;
function random(below) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return (seed >>> 8) % below;
}

const mixtures = {
  ascii: ['a', 'b', ' ', '7'],
  latin1: ['a', 'b', 'c', 'd', 'é', 'ÿ', '\u0080'],
  dense: ['é', 'ü', 'ß', 'a'],
  mixed: ['a', 'b', 'c', 'é', '\u07ff', '\u0800', '世', '\uffff'],
  pairs: ['a', 'é', '世', '\u{1f600}', '\u{10ffff}'],
  lone: ['a', 'b', 'c', '世', '\ud800', '\udc00'],
  escapes: ['a', 'b', 'c', 'd', '"', '\\', '\n', '\u0000', '\u001f', '\u007f', 'é'],
  wideEscapes: ['a', 'b', 'c', '"', '\\', '\t', '世', '\u2028'],
};

function textOf(characters, length) {
  let text = '';
  for (let i = 0; i < length; i++) text += characters[random(characters.length)];
  return text;
}

const encodings = ['utf8', 'utf16le', 'latin1', 'ascii', 'base64', 'base64url', 'hex'];
for (const [name, characters] of Object.entries(mixtures)) {
  const hash = createHash('sha256');
  const lengths = [];
  for (let length = 0; length < 150; length++) lengths.push(length);
  for (const length of [...lengths, 511, 512, 2047, 2048, 2049, 5000]) {
    const text = textOf(characters, length);
    for (const encoding of encodings) {
      const bytes = Buffer.from(text, encoding);
      hash.update(`${encoding} ${length} ${bytes.length} ${Buffer.byteLength(text, encoding)}\n`);
      hash.update(bytes);
      for (const from of [0, 1]) hash.update(bytes.toString(encoding, from), 'utf16le');
      hash.update(bytes.latin1Slice(), 'utf16le');
      hash.update(bytes.utf8Slice(), 'utf16le');
      hash.update(bytes.ucs2Slice(), 'utf16le');
    }
    // Only whole characters are written where there is not enough room.
    const room = Buffer.alloc(length, 0x2e);
    hash.update(String(room.write(text)));
    hash.update(room);
    const json = JSON.stringify([text, { [text]: text }]);
    hash.update(json, 'utf16le');
    const [back, object] = JSON.parse(json);
    if (back !== text || object[text] !== text) throw new Error(`${name} of ${length}`);
    if (JSON.parse(`"${back.replace(/["\\\0-\x1f]/g, '')}"`) !== back.replace(/["\\\0-\x1f]/g, '')) throw new Error(name);
  }
  console.log(name, hash.digest('hex'));
}

const bits = new DataView(new ArrayBuffer(8));
const hash = createHash('sha256');
for (let i = 0; i < 8000; i++) {
  let digits = '';
  for (let length = 1 + random(i % 3 ? 20 : 24); digits.length < length;) digits += random(10);
  const point = random(digits.length + 1);
  const whole = digits.slice(0, point).replace(/^0+(?=.)/, '') || '0';
  const text = `${random(2) ? '-' : ''}${whole}${point < digits.length ? `.${digits.slice(point)}` : ''}${
    random(8) ? '' : `e${random(40) - 20}`}`;
  const number = random(2) ? JSON.parse(text) : JSON.parse(` [${text} ]`)[0];
  bits.setFloat64(0, number);
  if (!Object.is(number, Number(text))) throw new Error(`${text} is not ${number}`);
  hash.update(`${text} ${bits.getBigUint64(0)} ${JSON.stringify(number)}\n`);
}
console.log('numbers', hash.digest('hex'));

for (const text of ['1234567x', '12345678x', '-', '01', '1.', '1.x', '123456789.', '1e', '12345678e+', '"0123456789abcde\n"', '"0123456789abcdef\\x"']) {
  try {
    JSON.parse(text);
  } catch (error) {
    console.log(text, error.name);
  }
}
