// `dns/promises`: the same with promises.
'use strict';

const { ObjectDefineProperty, Promise, ReflectApply } = primordials;
const { isIP } = binding('net');
const { nodeError } = binding('errors');
const { validatePort, validateString } = binding('validators');
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
  validateString(address, 'address');
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

let Resolver;
/** The class `dns.promises.Resolver`, made when it is first asked for. */
function loadResolver() {
  if (Resolver !== undefined) return Resolver;
  const { ResolverBase, addQueries, ask } = require('dns/resolver');
  Resolver = class Resolver extends ResolverBase {};
  const methodFor = addQueries(Resolver, (method) => {
    function query(name, options) {
      validateString(name, 'name');
      const ttl = !!(options && options.ttl);
      return new Promise((resolve, reject) => {
        ask(this, method, name, ttl, {}, (error, records) => {
          if (error) reject(error);
          else resolve(records);
        });
      });
    }
    return ObjectDefineProperty(query, 'name', { __proto__: null, value: method });
  });
  Resolver.prototype.resolve = function resolve(name, rrtype) {
    const method = rrtype === undefined ? Resolver.prototype.resolve4 : methodFor(rrtype);
    return ReflectApply(method, this, [name]);
  };
  return Resolver;
}
require('dns/codes')(exports, loadResolver);
