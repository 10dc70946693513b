// What: passwords hashed with crypto.pbkdf2, 1,000 rounds of SHA-256, 64 in flight
// Measure: operations
// Unit: hashes
// Result: 9cdaf700a99814e5efcf1ccffb65653f02453dc18a965a692da408beca1db5ce
'use strict';

const crypto = require('crypto');
const { promisify } = require('util');
const { measureEach } = require('../scenarios/lib/operations');

const pbkdf2 = promisify(crypto.pbkdf2);

measureEach({
  inFlight: 64,
  async operation() {
    const key = await pbkdf2('correct horse battery staple', 'salt', 1000, 32, 'sha256');
    return key.toString('hex');
  },
});
