'use strict';
// Hashes, keyed hashes, key derivation and randomness: values, errors, the forms with callbacks, and hashes as streams.

const crypto = require('crypto');
const { pipeline, Readable, Transform } = require('stream');

function attempt(name, run) {
  try {
    const value = run();
    console.log(name, Buffer.isBuffer(value) ? value.toString('hex') : value);
  } catch (error) {
    console.log(name, error.name, error.code, error.message);
  }
}

const large = Buffer.alloc(1 << 20, 'grüße, 世界!');
for (const name of crypto.getHashes()) {
  if (name === 'RSA-SM3' || name.startsWith('sm3')) continue;
  attempt(name, () => crypto.createHash(name).update('abc').update(large.subarray(0, 1000)).digest('base64'));
}
attempt('in pieces', () => {
  const hash = crypto.createHash('sha256');
  for (let at = 0; at < large.length; at += 4097) hash.update(large.subarray(at, at + 4097));
  return hash.digest('hex');
});
attempt('whole', () => crypto.createHash('SHA256').update(large).digest());
for (const [text, encoding] of [['grüße', 'utf8'], ['grüße', 'latin1'], ['世界', 'utf16le'], ['c3a9', 'hex'], ['w6k=', 'base64'], ['abc', 'hex'], ['abc', 'none']]) {
  attempt(`encoding ${encoding}`, () => crypto.createHash('sha1').update(text, encoding).digest('base64url'));
}
attempt('unknown', () => crypto.createHash('xyzzy'));
attempt('no name', () => crypto.createHash());
attempt('number', () => crypto.createHash('md5').update(1));
attempt('twice', () => {
  const hash = crypto.createHash('md5');
  hash.digest();
  return hash.digest();
});
attempt('after', () => {
  const hash = crypto.createHash('md5');
  hash.digest();
  return hash.update('a');
});
attempt('copy', () => {
  const hash = crypto.createHash('shake256', { outputLength: 8 }).update('a');
  return hash.copy({ outputLength: 4 }).update('b').digest('hex') + hash.digest('hex');
});
attempt('length', () => crypto.createHash('shake128', { outputLength: 100 }).update('a').digest('hex'));
attempt('wrong length', () => crypto.createHash('shake128', { outputLength: -1 }));

for (const name of ['md5', 'sha1', 'sha256', 'sha512-256', 'sha3-384', 'blake2b512', 'ripemd160', 'md5-sha1']) {
  for (const key of ['k', Buffer.alloc(200, 'key'), '']) attempt(`hmac ${name}`, () => crypto.createHmac(name, key).update('grüße').digest('hex'));
}
attempt('hmac unknown', () => crypto.createHmac('xyzzy', 'k'));
attempt('hmac no key', () => crypto.createHmac('sha1').constructor);
attempt('hmac twice', () => {
  const hmac = crypto.createHmac('sha1', crypto.createSecretKey(Buffer.from('k')));
  return hmac.digest('hex').length + hmac.digest('hex').length;
});

attempt('pbkdf2', () => crypto.pbkdf2Sync('password', 'salt', 1000, 100, 'sha512'));
attempt('pbkdf2 blake', () => crypto.pbkdf2Sync('password', Buffer.from('salt'), 10, 100, 'blake2s256'));
attempt('pbkdf2 digest', () => crypto.pbkdf2Sync('password', 'salt', 1, 20, 'xyz'));
attempt('pbkdf2 rounds', () => crypto.pbkdf2Sync('password', 'salt', 0, 20, 'sha1'));
attempt('pbkdf2 length', () => crypto.pbkdf2Sync('password', 'salt', 1, -1, 'sha1'));
attempt('pbkdf2 callback', () => crypto.pbkdf2('password', 'salt', 1, 20, 'sha1'));
attempt('scrypt', () => crypto.scryptSync('password', 'NaCl', 64, { N: 1024, r: 8, p: 16 }));
attempt('scrypt usual', () => crypto.scryptSync('', '', 16, {}));
attempt('scrypt cost', () => crypto.scryptSync('a', 'b', 1, { cost: 3 }));
attempt('scrypt memory', () => crypto.scryptSync('a', 'b', 1, { N: 2 ** 20 }).length);
attempt('hkdf', () => Buffer.from(crypto.hkdfSync('sha512', 'key', 'salt', 'info', 200)));
attempt('hkdf too long', () => crypto.hkdfSync('sha256', 'key', 'salt', 'info', 255 * 32 + 1));

attempt('equal', () => crypto.timingSafeEqual(Buffer.from('abc'), new Uint8Array([97, 98, 99])));
attempt('lengths', () => crypto.timingSafeEqual(Buffer.from('abc'), Buffer.from('ab')));
attempt('bytes', () => crypto.randomBytes(20).length);
attempt('bytes of text', () => crypto.randomBytes('20'));
attempt('fill', () => crypto.randomFillSync(new Uint16Array(4), 1, 2).length);
attempt('fill past', () => crypto.randomFillSync(Buffer.alloc(3), 1, 3));
attempt('int', () => [crypto.randomInt(1), crypto.randomInt(5, 6)].join());
attempt('int range', () => crypto.randomInt(2 ** 48));
attempt('int order', () => crypto.randomInt(3, 3));
attempt('uuid', () => /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(crypto.randomUUID()));
attempt('values', () => crypto.getRandomValues(new Int8Array(3)).length);
attempt('values of floats', () => crypto.getRandomValues(new Float64Array(3)));

console.log(crypto.createHash('md5') instanceof Transform, crypto.createHmac('md5', '') instanceof crypto.Hmac);

async function asynchronous() {
  const { promisify } = require('util');
  console.log((await promisify(crypto.pbkdf2)('p', 's', 10, 16, 'sha256')).toString('hex'));
  console.log((await promisify(crypto.scrypt)('p', 's', 16, { N: 16 })).toString('hex'));
  console.log(Buffer.from(await promisify(crypto.hkdf)('sha256', 'k', 's', 'i', 16)).toString('hex'));
  console.log((await promisify(crypto.randomBytes)(7)).length, (await promisify(crypto.randomFill)(new Uint32Array(3))).length);
  console.log(await promisify(crypto.randomInt)(1));
  for (const name of ['SHA-1', 'sha-256', { name: 'SHA-384' }, 'SHA-512']) {
    console.log(Buffer.from(await globalThis.crypto.subtle.digest(name, Buffer.from('abc'))).toString('hex'));
  }
  await globalThis.crypto.subtle.digest('MD5', Buffer.from('abc')).catch((error) => console.log(error.name));

  const hash = crypto.createHash('sha256');
  await new Promise((resolve) => pipeline(Readable.from(['a', 'b', Buffer.from('c')]), hash, resolve));
  console.log(hash.read().toString('hex'), hash.readableEnded, hash.writableFinished);
  const hmac = crypto.createHmac('sha256', 'k').setEncoding('hex');
  hmac.end('abc');
  for await (const chunk of hmac) console.log(chunk);
}
asynchronous();
