'use strict';
// The Web Crypto API: <https://nodejs.org/docs/latest-v24.x/api/webcrypto.html>. Digests, random values and UUIDs; what works with keys
// isn't there, and rejects with its name.

const { ObjectDefineProperties, PromiseReject, StringPrototypeToUpperCase, Symbol, SymbolToStringTag } = primordials;
const { nodeError } = binding('errors');
const { digest, fill, isBufferSource, isIntegerArray, randomUUID, typeError } = binding('crypto');

const kInternal = Symbol('kInternal');

/** The names of digests as the specification writes them. */
const DIGESTS = {
  '__proto__': null, 'SHA-1': 'SHA-1', 'SHA-256': 'SHA-256', 'SHA-384': 'SHA-384', 'SHA-512': 'SHA-512',
  'SHA3-256': 'SHA3-256', 'SHA3-384': 'SHA3-384', 'SHA3-512': 'SHA3-512', 'CSHAKE128': 'shake128', 'CSHAKE256': 'shake256',
};

const domException = (message, name) => new (require('dom_exception'))(message, name);

function digestOf(algorithm) {
  let name = algorithm;
  if (typeof algorithm === 'object' && algorithm !== null || typeof algorithm === 'function') {
    ({ name } = algorithm);
    if (name === undefined) {
      throw typeError('ERR_MISSING_OPTION', "Failed to normalize algorithm: passed algorithm cannot be converted to 'Algorithm' because 'name' is required in 'Algorithm'.");
    }
  }
  const key = StringPrototypeToUpperCase(`${name}`);
  const found = DIGESTS[key];
  if (found === undefined) throw domException('Unrecognized algorithm name', 'NotSupportedError');
  if (found !== 'shake128' && found !== 'shake256') return { name: found, length: undefined };
  const { outputLength } = algorithm;
  if (outputLength === undefined) {
    throw typeError('ERR_MISSING_OPTION', "Failed to normalize algorithm: passed algorithm cannot be converted to 'CShakeParams' because 'outputLength' is required in 'CShakeParams'.");
  }
  const { functionName, customization } = algorithm;
  if (functionName?.byteLength || customization?.byteLength) {
    throw domException('Non zero-length functionName or customization is not supported', 'NotSupportedError');
  }
  if (outputLength % 8) throw domException('Unsupported CShakeParams outputLength', 'NotSupportedError');
  return { name: found, length: outputLength / 8 };
}

class CryptoKey {
  constructor() {
    throw nodeError('ERR_ILLEGAL_CONSTRUCTOR');
  }
}

class SubtleCrypto {
  constructor(key) {
    if (key !== kInternal) throw nodeError('ERR_ILLEGAL_CONSTRUCTOR');
  }

  /** The digest of a buffer, made by the pool. */
  async digest(algorithm, data) {
    if (this !== subtle) throw nodeError('ERR_INVALID_THIS', 'SubtleCrypto');
    if (arguments.length < 2) {
      throw typeError('ERR_MISSING_ARGS', `Failed to execute 'digest' on 'SubtleCrypto': 2 arguments required, but only ${arguments.length} present.`);
    }
    if (!isBufferSource(data)) {
      throw typeError('ERR_INVALID_ARG_TYPE', "Failed to execute 'digest' on 'SubtleCrypto': 2nd argument is not instance of ArrayBuffer, Buffer, TypedArray, or DataView.");
    }
    const { name, length } = digestOf(algorithm);
    return digest(name, data, length);
  }
}

const MISSING = [
  'encrypt', 'decrypt', 'sign', 'verify', 'generateKey', 'deriveKey', 'deriveBits', 'importKey', 'exportKey', 'wrapKey', 'unwrapKey',
  'getPublicKey', 'encapsulateBits', 'encapsulateKey', 'decapsulateBits', 'decapsulateKey',
];
for (let i = 0; i < MISSING.length; i++) {
  const name = MISSING[i];
  SubtleCrypto.prototype[name] = {
    [name]() {
      return PromiseReject(nodeError('ERR_METHOD_NOT_IMPLEMENTED', `crypto.subtle.${name}()`));
    },
  }[name];
}

class Crypto {
  constructor(key) {
    if (key !== kInternal) throw nodeError('ERR_ILLEGAL_CONSTRUCTOR');
  }

  get subtle() {
    checkThis(this);
    return subtle;
  }

  /** Fills an array of integers, of 65,536 bytes at most. */
  getRandomValues(array) {
    checkThis(this);
    if (arguments.length < 1) {
      throw typeError('ERR_MISSING_ARGS', "Failed to execute 'getRandomValues' on 'Crypto': 1 argument required, but only 0 present.");
    }
    if (!isIntegerArray(array)) throw domException('The data argument must be an integer-type TypedArray', 'TypeMismatchError');
    if (array.byteLength > 65536) throw domException('The requested length exceeds 65,536 bytes', 'QuotaExceededError');
    fill(array);
    return array;
  }

  randomUUID(options) {
    checkThis(this);
    return randomUUID(options);
  }
}

const crypto = new Crypto(kInternal);
const subtle = new SubtleCrypto(kInternal);

function checkThis(value) {
  if (value !== crypto) throw nodeError('ERR_INVALID_THIS', 'Crypto');
}

const enumerable = { __proto__: null, enumerable: true };
const tag = (value) => ({ __proto__: null, configurable: true, value });
ObjectDefineProperties(Crypto.prototype, {
  subtle: enumerable,
  getRandomValues: enumerable,
  randomUUID: enumerable,
  [SymbolToStringTag]: tag('Crypto'),
});
ObjectDefineProperties(SubtleCrypto.prototype, { digest: enumerable, [SymbolToStringTag]: tag('SubtleCrypto') });
ObjectDefineProperties(CryptoKey.prototype, { [SymbolToStringTag]: tag('CryptoKey') });

module.exports = {
  Crypto,
  CryptoKey,
  SubtleCrypto,
  crypto,
  subtle,
  getRandomValues(array) {
    return crypto.getRandomValues(array);
  },
};
