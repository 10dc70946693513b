// Node: 24
'use strict';
// crypto.generateKey and generateKeySync: keys of random bytes.
const { createHmac, generateKey, generateKeySync } = require('crypto');

function say(run) {
  try {
    console.log(run());
  } catch (err) {
    console.log(err.name, err.code, err.message);
  }
}

for (const args of [
  [], ['hmac'], ['hmac', 1], ['x', {}], ['aes', {}], ['aes', { length: 1 }], ['aes', { length: 192 }], ['hmac', { length: 7 }],
  ['hmac', { length: 1.5 }], ['hmac', { length: '8' }], ['hmac', { length: 123 }], ['hmac', { length: 2 ** 31 }], [1, 2],
]) {
  say(() => generateKeySync(...args).symmetricKeySize);
  say(() => generateKey(...args));
  say(() => generateKey(...args, (err, key) => console.log('called back', args, err, key.type, key.symmetricKeySize)));
}
const key = generateKeySync('hmac', { length: 256 });
console.log(createHmac('sha256', key).update('x').digest().length, key.equals(generateKeySync('hmac', { length: 256 })), generateKey.length, generateKeySync.length);
