// `dns/promises`: the same with promises.
'use strict';

const { Promise } = primordials;
const { isIP } = binding('net');
const { nodeError } = binding('errors');
const { validatePort } = binding('validators');
const dns = require('dns');

// As in Node a program that replaces `dns.lookup` doesn't change this one.
const { lookup: lookupWithCallback, lookupService: lookupServiceWithCallback } = dns;

/** `lookup(hostname[, options])`: `{ address, family }`, or a list of them with `all`. */
exports.lookup = function lookup(hostname, options) {
  if (options !== undefined && options !== null && typeof options !== 'object' && typeof options !== 'number') {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'options', ['integer', 'object'], options);
  }
  let settle;
  const promise = new Promise((resolve, reject) => { settle = { resolve, reject }; });
  const all = options?.all === true;
  lookupWithCallback(hostname, options ?? {}, (err, address, family) => {
    if (err) settle.reject(err);
    else settle.resolve(all ? address : { address, family });
  });
  return promise;
};

/** `lookupService(address, port)`: `{ hostname, service }`. */
exports.lookupService = function lookupService(address, port) {
  if (arguments.length !== 2) throw nodeError('ERR_MISSING_ARGS', 'address', 'port');
  if (isIP(address) === 0) throw nodeError('ERR_INVALID_ARG_VALUE', 'address', address);
  validatePort(port);
  return new Promise((resolve, reject) => {
    lookupServiceWithCallback(address, port, (err, hostname, service) => {
      if (err) reject(err);
      else resolve({ hostname, service });
    });
  });
};

exports.getDefaultResultOrder = dns.getDefaultResultOrder;
exports.setDefaultResultOrder = dns.setDefaultResultOrder;
require('dns/codes')(exports, 'dnsPromises');
