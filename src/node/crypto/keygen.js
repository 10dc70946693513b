'use strict';
// Secret keys of random bytes: <https://nodejs.org/docs/latest-v24.x/api/crypto.html#cryptogeneratekeytype-options-callback>

const { nodeError } = binding('errors');
const { validateFunction, validateInteger, validateObject, validateOneOf, validateString } = binding('validators');
const { createSecretKey, randomBytes } = require('crypto');

/** How many bytes a key has. */
function sizeOf(type, options) {
  validateString(type, 'type');
  validateObject(options, 'options');
  const { length } = options;
  if (type === 'hmac') validateInteger(length, 'options.length', 8, 2 ** 31 - 1);
  else if (type === 'aes') validateOneOf(length, 'options.length', [128, 192, 256]);
  else throw nodeError('ERR_INVALID_ARG_VALUE', 'type', type, 'must be a supported key type');
  return length >>> 3;
}

function generateKey(type, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, 'callback');
  randomBytes(sizeOf(type, options), (err, bytes) => {
    if (err) callback(err);
    else callback(null, createSecretKey(bytes));
  });
}

function generateKeySync(type, options) {
  return createSecretKey(randomBytes(sizeOf(type, options)));
}

module.exports = { generateKey, generateKeySync };
