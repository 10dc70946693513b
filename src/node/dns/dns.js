// `dns`: what asks the system's resolver. What asks name servers itself is in `dns/resolver`, and loaded when it is called.
'use strict';

const { ArrayPrototypePush, ObjectDefineProperty } = primordials;
const { isIP } = binding('net');
const native = binding('dns');
const { dnsException, nodeError } = binding('errors');
const { nextTick } = binding('task_queue');
const { validateBoolean, validateFunction, validateNumber, validateOneOf, validatePort, validateString } =
  binding('validators');

const FAMILIES = [0, 4, 6];
const ORDERS = ['verbatim', 'ipv4first', 'ipv6first'];
let { defaultOrder } = native;

/** What a lookup returns, as Node's requests look. */
class GetAddrInfoReqWrap {}
class GetNameInfoReqWrap {}

function validateHints(hints) {
  if ((hints & ~(native.ADDRCONFIG | native.ALL | native.V4MAPPED)) !== 0) {
    throw nodeError('ERR_INVALID_ARG_VALUE', 'hints', hints);
  }
}

/** The order in which `lookup` gives addresses if it isn't told. */
function getDefaultResultOrder() {
  return defaultOrder;
}

/** Changes that order. */
function setDefaultResultOrder(order) {
  validateOneOf(order, 'dnsOrder', ORDERS);
  defaultOrder = order;
}

/** The options of a lookup, checked: `{ family, hints, all, order }`. */
function lookupOptions(options) {
  const query = { family: 0, hints: 0, all: false, order: getDefaultResultOrder() };
  if (typeof options === 'number') {
    validateOneOf(options, 'family', FAMILIES);
    query.family = options;
    return query;
  }
  if (options === undefined || options === null) return query;
  if (options.hints != null) {
    validateNumber(options.hints, 'options.hints');
    query.hints = options.hints >>> 0;
    validateHints(query.hints);
  }
  if (options.family != null) {
    if (options.family === 'IPv4') query.family = 4;
    else if (options.family === 'IPv6') query.family = 6;
    else {
      validateOneOf(options.family, 'options.family', FAMILIES);
      query.family = options.family;
    }
  }
  if (options.all != null) {
    validateBoolean(options.all, 'options.all');
    query.all = options.all;
  }
  if (options.verbatim != null) {
    validateBoolean(options.verbatim, 'options.verbatim');
    query.order = options.verbatim ? 'verbatim' : 'ipv4first';
  }
  if (options.order != null) {
    validateOneOf(options.order, 'options.order', ORDERS);
    query.order = options.order;
  }
  return query;
}

let warned = false;
function warnOfName(hostname) {
  if (warned) return;
  warned = true;
  require('process').emitWarning(
    `The provided hostname "${hostname}" is not a valid hostname, and is supported in the dns module solely for ` +
    'compatibility.', 'DeprecationWarning', 'DEP0118');
}

/** The addresses in the order asked for. */
function inOrder(addresses, order) {
  if (order === 'verbatim') return addresses;
  const first = order === 'ipv4first' ? 4 : 6;
  const sorted = [];
  for (let i = 0; i < addresses.length; i++) if (isIP(addresses[i]) === first) ArrayPrototypePush(sorted, addresses[i]);
  for (let i = 0; i < addresses.length; i++) if (isIP(addresses[i]) !== first) ArrayPrototypePush(sorted, addresses[i]);
  return sorted;
}

/** `lookup(hostname[, options], callback)` */
function lookup(hostname, options, callback) {
  if (hostname) validateString(hostname, 'hostname');
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  } else if (options !== undefined && typeof options !== 'object' && typeof options !== 'number') {
    validateFunction(arguments.length === 2 ? options : callback, 'callback');
    throw nodeError('ERR_INVALID_ARG_TYPE', 'options', ['integer', 'object'], options);
  } else {
    validateFunction(callback, 'callback');
  }
  const { family, hints, all, order } = lookupOptions(options);

  if (!hostname) {
    warnOfName(hostname);
    if (all) nextTick(callback, null, []);
    else nextTick(callback, null, null, family === 6 ? 6 : 4);
    return {};
  }
  const version = isIP(hostname);
  if (version !== 0) {
    if (all) nextTick(callback, null, [{ address: hostname, family: version }]);
    else nextTick(callback, null, hostname, version);
    return {};
  }
  const request = new GetAddrInfoReqWrap();
  let observed;
  if (binding('async_context').channels() & 128) {
    observed = require('perf_hooks/observed').looksUp(hostname, family, hints, order);
  }
  request.callback = callback;
  request.family = family;
  request.hostname = hostname;
  request.oncomplete = function onlookup(errno, addresses) {
    if (errno !== 0) {
      callback(dnsException(errno, 'getaddrinfo', hostname));
      return;
    }
    addresses = inOrder(addresses, order);
    observed?.(addresses);
    if (!all) {
      callback(null, addresses[0], family || isIP(addresses[0]));
      return;
    }
    const found = [];
    for (let i = 0; i < addresses.length; i++) {
      found[i] = { address: addresses[i], family: family || isIP(addresses[i]) };
    }
    callback(null, found);
  };
  native.getaddrinfo(hostname, family, hints, (errno, addresses) => request.oncomplete(errno, addresses));
  return request;
}
customPromise(lookup, ['address', 'family']);

/** `lookupService(address, port, callback)`: `callback(err, hostname, service)`. */
function lookupService(address, port, callback) {
  if (arguments.length !== 3) throw nodeError('ERR_MISSING_ARGS', 'address', 'port', 'callback');
  validateString(address, 'address');
  if (isIP(address) === 0) throw nodeError('ERR_INVALID_ARG_VALUE', 'address', address);
  validatePort(port);
  validateFunction(callback, 'callback');
  port = +port;
  const request = new GetNameInfoReqWrap();
  request.callback = callback;
  request.hostname = address;
  request.port = port;
  let observed;
  if (binding('async_context').channels() & 128) observed = require('perf_hooks/observed').looksServiceUp(address, port);
  request.oncomplete = function onlookupservice(errno, hostname, service) {
    if (errno !== 0) {
      callback(dnsException(errno, 'getnameinfo', address));
      return;
    }
    observed?.(hostname, service);
    callback(null, hostname, service);
  };
  const errno = native.getnameinfo(address, port,
    (failure, hostname, service) => request.oncomplete(failure, hostname, service));
  if (errno !== 0) throw dnsException(errno, 'getnameinfo', address);
  return request;
}
customPromise(lookupService, ['hostname', 'service']);

/** Lets `util.promisify` name the values that the callback gets. */
function customPromise(method, names) {
  const { customArgs } = require('util/promisify');
  ObjectDefineProperty(method, customArgs, { __proto__: null, value: names, enumerable: false });
}

exports.lookup = lookup;
exports.lookupService = lookupService;
exports.getDefaultResultOrder = getDefaultResultOrder;
exports.setDefaultResultOrder = setDefaultResultOrder;
exports.ADDRCONFIG = native.ADDRCONFIG;
exports.ALL = native.ALL;
exports.V4MAPPED = native.V4MAPPED;
require('dns/codes')(exports, () => require('dns/resolver').Resolver);

ObjectDefineProperty(exports, 'promises', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get: () => require('dns/promises'),
});

// From here on sockets look names up with what is in `exports.lookup`, which programs replace.
require('net/lookup').dns = exports;
