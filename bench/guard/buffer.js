// A text goes through a Buffer and its encodings, and back.
'use strict';

const texts = Number(process.argv[2]);
const text = 'The quick brown fox jumps over the lazy dog: Größe, naïveté, 10 €. '.repeat(2);
let same = 0;

for (let i = 0; i < texts; i++) {
  const base64 = Buffer.from(text).toString('base64');
  const hex = Buffer.from(base64, 'base64').toString('hex');
  if (Buffer.from(hex, 'hex').toString() === text) same += 1;
}

console.log(`done ${same}`);
