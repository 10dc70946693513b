// What: Buffer.from and toString in UTF-8, Latin-1, hex and base64, of 64 B and 64 KB
// Group: buffer
// Measure: operations
// Unit: conversions
// Result: 2266079
'use strict';

const { measure } = require('./lib/operations');

const sizes = [
  { size: 64, rounds: 600 },
  { size: 65536, rounds: 3 },
];

// What is converted: each text is the one of those bytes in that encoding.
const texts = [];
for (const { size, rounds } of sizes) {
  const bytes = Buffer.alloc(size, 'grüße, 世界!');
  for (const encoding of ['utf8', 'latin1', 'hex', 'base64']) {
    texts.push({ text: bytes.toString(encoding), encoding, rounds });
  }
}

/** To bytes and back; the first byte changes, so that there is something new to convert. */
function convert({ text, encoding, rounds }) {
  let sum = 0;
  for (let i = 0; i < rounds; i++) {
    const bytes = Buffer.from(text, encoding);
    bytes[0] = 65 + (i % 2);
    const back = bytes.toString(encoding);
    sum += bytes.length + back.length + back.charCodeAt(0);
  }
  return sum;
}

measure({
  operations: texts.reduce((sum, { rounds }) => sum + 2 * rounds, 0),
  batch: () => texts.reduce((sum, each) => sum + convert(each), 0),
});
