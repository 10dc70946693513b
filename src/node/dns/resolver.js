// `dns.Resolver`, and what it has in common with that of `dns/promises`: which servers are asked, from where, how patiently.
// The functions of both modules are those of one resolver that both share.
'use strict';

const {
  ArrayIsArray,
  ArrayPrototypePush,
  NumberParseInt,
  ObjectDefineProperty,
  ReflectApply,
  RegExpPrototypeExec,
  StringPrototypeSlice,
  StringPrototypeToLowerCase,
} = primordials;
const { isIP } = binding('net');
const { dnsException, nodeError } = binding('errors');
const { validateFunction, validateInt32, validatePort, validateString, validateUint32 } = binding('validators');
const ChannelWrap = require('dns/channel');

const TRIES = 4;

class QueryReqWrap {}

/** `timeout` and `maxTimeout` in milliseconds, `tries` for each server. */
class ResolverBase {
  constructor(options = undefined) {
    const timeout = options?.timeout === undefined ? -1 : options.timeout;
    validateInt32(timeout, 'options.timeout', -1);
    const tries = options?.tries === undefined ? TRIES : options.tries;
    validateInt32(tries, 'options.tries', 1);
    const maxTimeout = options?.maxTimeout === undefined ? 0 : options.maxTimeout;
    validateUint32(maxTimeout, 'options.maxTimeout');
    this._handle = new ChannelWrap(timeout, tries, maxTimeout);
  }

  /** Ends all that is under way with `ECANCELLED`. */
  cancel() {
    this._handle.cancel();
  }

  /** The servers that are asked, in their order; with the port where it isn't 53. */
  getServers() {
    const servers = this._handle.getServers() ?? [];
    const list = [];
    for (let i = 0; i < servers.length; i++) {
      const [address, port] = servers[i];
      if (!port || port === 53) list[i] = address;
      else list[i] = isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
    }
    return list;
  }

  /** Asks these from now on: `address`, `address:port`, `[address]:port`. */
  setServers(servers) {
    if (!ArrayIsArray(servers)) throw nodeError('ERR_INVALID_ARG_TYPE', 'servers', 'Array', servers);
    const parsed = [];
    // Holes are passed over, and a getter may shorten the list.
    for (let i = 0; i < servers.length; i++) {
      if (i in servers) ArrayPrototypePush(parsed, parseServer(servers[i], i));
    }
    if (this._handle.busy) throw nodeError('ERR_DNS_SET_SERVERS_FAILED', 'There are pending queries.', servers);
    this._handle.setServers(parsed);
  }

  /** Sends from these addresses. */
  setLocalAddress(ipv4, ipv6) {
    validateString(ipv4, 'ipv4');
    if (ipv6 !== undefined) validateString(ipv6, 'ipv6');
    this._handle.setLocalAddress(ipv4, ipv6);
  }
}

function parseServer(server, index) {
  validateString(server, `servers[${index}]`);
  const family = isIP(server);
  if (family !== 0) return [family, server, 53];
  if (server[0] === '[' && server.length < 100) {
    const match = RegExpPrototypeExec(/^\[([^[\]]*)\](?::(.*))?$/, server);
    if (match !== null && isIP(match[1]) === 6) return [6, match[1], port(match[2])];
  } else if (server.length < 100) {
    const match = RegExpPrototypeExec(/^([^:]+):(\d+)$/, server);
    if (match !== null && isIP(match[1]) === 4) return [4, match[1], port(match[2])];
  }
  throw nodeError('ERR_INVALID_IP_ADDRESS', server);
}

function port(digits) {
  const number = digits === undefined ? 53 : NumberParseInt(digits, 10) || 53;
  validatePort(number);
  return number;
}

/** The records as the caller wants them: addresses alone unless it asked for the time to live. */
function shaped(method, records, ttl) {
  if (ttl || (method !== 'queryA' && method !== 'queryAaaa')) return records;
  const list = [];
  for (let i = 0; i < records.length; i++) list[i] = records[i].address;
  return list;
}

/** Starts a question; `done(error, records)`. Throws where it can't be asked. */
function ask(resolver, method, name, ttl, request, done) {
  request.hostname = name;
  let observed;
  if (binding('async_context').channels() & 128) observed = require('perf_hooks/observed').asks(method, name, ttl);
  request.oncomplete = function onresolve(code, records) {
    if (code !== null) {
      done(dnsException(code, method, name));
      return;
    }
    const result = shaped(method, records, ttl);
    observed?.(result);
    done(null, result);
  };
  const errno = resolver._handle[method](request, name);
  if (errno !== 0) throw dnsException(errno, method, name);
}

class Resolver extends ResolverBase {}

function resolverOf(method) {
  function query(name, options, callback) {
    validateString(name, 'name');
    if (arguments.length < 3) callback = options;
    validateFunction(callback, 'callback');
    const request = new QueryReqWrap();
    request.bindingName = method;
    request.callback = callback;
    const ttl = !!(options && options.ttl);
    ask(this, method, name, ttl, request, (error, records) => {
      if (error) ReflectApply(callback, request, [error]);
      else ReflectApply(callback, request, [null, records]);
    });
    request.ttl = ttl;
    return request;
  }
  return named(query, method, 2);
}

function named(method, name, length) {
  ObjectDefineProperty(method, 'name', { __proto__: null, value: name });
  ObjectDefineProperty(method, 'length', { __proto__: null, value: length });
  return method;
}

// What each method asks, in Node's order.
const QUERIES = [['resolveAny', 'queryAny'], ['resolve4', 'queryA'], ['resolve6', 'queryAaaa'], ['resolveCaa', 'queryCaa'],
  ['resolveCname', 'queryCname'], ['resolveMx', 'queryMx'], ['resolveNs', 'queryNs'], ['resolveTlsa', 'queryTlsa'],
  ['resolveTxt', 'queryTxt'], ['resolveSrv', 'querySrv'], ['resolvePtr', 'queryPtr'], ['resolveNaptr', 'queryNaptr'],
  ['resolveSoa', 'querySoa'], ['reverse', 'getHostByAddr']];
const TYPES = ['ANY', 'CAA', 'CNAME', 'MX', 'NAPTR', 'NS', 'PTR', 'SOA', 'SRV', 'TLSA', 'TXT'];

/** Defines the methods on the prototype of a class; returns which of them answers for a type of records. */
function addQueries(Class, make) {
  for (let i = 0; i < QUERIES.length; i++) {
    const [name, method] = QUERIES[i];
    ObjectDefineProperty(Class.prototype, name, {
      __proto__: null, value: make(method), writable: true, configurable: true, enumerable: true,
    });
  }
  const byType = { __proto__: null, A: Class.prototype.resolve4, AAAA: Class.prototype.resolve6 };
  for (let i = 0; i < TYPES.length; i++) {
    const type = TYPES[i];
    byType[type] = Class.prototype[`resolve${type[0]}${StringPrototypeToLowerCase(StringPrototypeSlice(type, 1))}`];
  }
  return (rrtype) => {
    validateString(rrtype, 'rrtype');
    const method = byType[rrtype];
    if (method === undefined) throw nodeError('ERR_INVALID_ARG_VALUE', 'rrtype', rrtype);
    return method;
  };
}

const methodFor = addQueries(Resolver, resolverOf);

/** Asks for records of a type, `'A'` unless it is said. */
Resolver.prototype.resolve = function resolve(name, rrtype, callback) {
  if (typeof rrtype === 'function') {
    callback = rrtype;
    rrtype = 'A';
  }
  return ReflectApply(methodFor(rrtype), this, [name, callback]);
};

let current;

/** The resolver behind the functions of `dns` and `dns/promises`: both ask the same servers. */
function currentResolver() {
  return current ??= new Resolver();
}

/** `dns.setServers`: what is under way goes on at the old ones. */
function setServers(servers) {
  const resolver = new Resolver();
  resolver.setServers(servers);
  current = resolver;
}

module.exports = { Resolver, ResolverBase, addQueries, ask, currentResolver, setServers };
