'use strict';

// Text and bytes of all short lengths, with characters of one to four bytes at all places: what converts them takes several ways.

const parts = ['a', 'é', '\u07ff', '世', '\uffff', '😀', '\ud800', '\udc00', '\0'];

function hash(seed, text) {
  let sum = seed;
  for (let i = 0; i < text.length; i++) sum = (Math.imul(sum, 31) + text.charCodeAt(i)) | 0;
  return sum;
}

function hashBytes(seed, bytes) {
  let sum = seed;
  for (let i = 0; i < bytes.length; i++) sum = (Math.imul(sum, 31) + bytes[i]) | 0;
  return sum;
}

for (const encoding of ['utf8', 'latin1', 'ascii', 'utf16le', 'hex', 'base64', 'base64url']) {
  for (const part of parts) {
    let sum = 0;
    for (let length = 0; length < 90; length += length < 20 || length > 60 ? 1 : 3) {
      for (const at of [0, length >> 1, length - 1]) {
        const units = new Array(length).fill('x');
        if (at >= 0 && at < length) units[at] = part;
        const text = units.join('');
        const bytes = Buffer.from(text, encoding);
        sum = hashBytes(sum, bytes);
        sum = hash(sum, bytes.toString(encoding));
      }
      const long = part.repeat(length);
      const all = Buffer.from(long);
      sum = hashBytes(sum, all);
      sum = hash(sum, all.toString());
      sum = hash(sum, all.toString(encoding));
      // With one byte missing the last character is cut off.
      sum = hash(sum, all.subarray(0, -1).toString(encoding));
      const room = Buffer.alloc(length);
      sum = (sum + room.write(long, encoding)) | 0;
      sum = hashBytes(sum, room);
    }
    console.log(encoding, JSON.stringify(part), sum);
  }
}

// Around where other ways begin.
for (const length of [63, 64, 79, 80, 81, 95, 96, 127, 128, 129, 191, 192, 193, 255, 256, 257, 258, 511, 512, 513]) {
  const bytes = Buffer.from(Array.from({ length }, (_, index) => (index * 37) & 0xff));
  let sum = 0;
  for (const encoding of ['utf8', 'latin1', 'ascii', 'utf16le', 'hex', 'base64', 'base64url']) {
    const text = bytes.toString(encoding);
    sum = hash(sum, text);
    sum = hashBytes(sum, Buffer.from(text, encoding));
    sum = hashBytes(sum, Buffer.from(`${text}=`, encoding));
    sum = hashBytes(sum, Buffer.from(`${text.slice(0, -1)} `, encoding));
  }
  console.log(length, sum);
}
