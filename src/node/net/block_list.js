// `net.BlockList` and `net.SocketAddress`.
'use strict';

const { SymbolFor } = primordials;
const native = binding('net');
const { nodeError } = binding('errors');

const kInspect = SymbolFor('nodejs.util.inspect.custom');

/** The words of an address: one of 32 bits for IPv4, eight of 16 for IPv6. */
function words(address, family) {
  if (family === 'ipv4') {
    const parts = address.split('.');
    return [((parts[0] * 256 + +parts[1]) * 256 + +parts[2]) * 256 + +parts[3]];
  }
  const zone = address.indexOf('%');
  if (zone !== -1) address = address.slice(0, zone);
  const dot = address.lastIndexOf('.');
  if (dot !== -1) {
    const colon = address.lastIndexOf(':');
    const [word] = words(address.slice(colon + 1), 'ipv4');
    address = `${address.slice(0, colon + 1)}${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`;
  }
  const halves = address.split('::');
  const list = (text) => (text === '' || text === undefined ? [] : text.split(':').map((part) => parseInt(part, 16)));
  const head = list(halves[0]);
  const tail = list(halves[1]);
  if (halves.length === 1) return head;
  while (head.length + tail.length < 8) head.push(0);
  return [...head, ...tail];
}

// An IPv4 address in IPv6's clothes.
function mapped(list) {
  for (let i = 0; i < 5; i++) if (list[i] !== 0) return undefined;
  return list[5] === 0xffff ? [list[6] * 65536 + list[7]] : undefined;
}

function compare(a, b) {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
  return 0;
}

function samePrefix(a, b, bits) {
  const size = a.length === 1 ? 32 : 16;
  for (let i = 0; bits > 0; i++, bits -= size) {
    const keep = bits < size ? bits : size;
    const unit = 2 ** (size - keep);
    if (Math.floor(a[i] / unit) !== Math.floor(b[i] / unit)) return false;
  }
  return true;
}

class SocketAddress {
  #address;
  #family;
  #port;
  #flowlabel;

  static isSocketAddress(value) {
    return value !== null && typeof value === 'object' && #address in value;
  }

  static parse(input) {
    binding('validators').validateString(input, 'input');
    try {
      const { hostname, port } = new (require('url').URL)(`http://${input}`);
      if (hostname[0] === '[' && hostname[hostname.length - 1] === ']') {
        return new SocketAddress({ address: hostname.slice(1, -1), port: port | 0, family: 'ipv6' });
      }
      return new SocketAddress({ address: hostname, port: port | 0 });
    } catch {
      return undefined;
    }
  }

  constructor(options = {}) {
    const { validateObject, validateString, validatePort, validateUint32 } = binding('validators');
    validateObject(options, 'options');
    let { family = 'ipv4' } = options;
    const { address = family === 'ipv4' ? '127.0.0.1' : '::', port = 0, flowlabel = 0 } = options;
    if (typeof family?.toLowerCase === 'function') family = family.toLowerCase();
    if (family !== 'ipv4' && family !== 'ipv6') {
      throw nodeError('ERR_INVALID_ARG_VALUE', 'options.family', options.family);
    }
    validateString(address, 'options.address');
    validatePort(port, 'options.port');
    validateUint32(flowlabel, 'options.flowlabel', false);
    if (native.isIP(address) !== (family === 'ipv4' ? 4 : 6)) throw nodeError('ERR_INVALID_ADDRESS');
    this.#address = address;
    this.#family = family;
    this.#port = +port;
    this.#flowlabel = flowlabel;
  }

  get address() {
    return this.#address;
  }
  get port() {
    return this.#port;
  }
  get family() {
    return this.#family;
  }
  get flowlabel() {
    return this.#family === 'ipv4' ? 0 : this.#flowlabel;
  }

  toJSON() {
    return { address: this.address, port: this.port, family: this.family, flowlabel: this.flowlabel };
  }

  [kInspect](depth, options) {
    if (depth < 0) return this;
    const inner = { ...options, depth: options.depth == null ? null : options.depth - 1 };
    return `SocketAddress ${require('util').inspect(this.toJSON(), inner)}`;
  }
}

class BlockList {
  #rules = [];

  static isBlockList(value) {
    return value !== null && typeof value === 'object' && #rules in value;
  }

  #read(address, family, name) {
    if (SocketAddress.isSocketAddress(address)) return [words(address.address, address.family), address.family, address.address];
    const { validateString } = binding('validators');
    validateString(address, name);
    validateString(family, 'family');
    const made = new SocketAddress({ address, family });
    return [words(made.address, made.family), made.family, made.address];
  }

  addAddress(address, family = 'ipv4') {
    const [at, kind, text] = this.#read(address, family, 'address');
    this.#rules.unshift({ kind, from: at, to: at, text: `Address: ${kind === 'ipv4' ? 'IPv4' : 'IPv6'} ${text}` });
  }

  addRange(start, end, family = 'ipv4') {
    const [from, kind, first] = this.#read(start, family, 'start');
    const [to, , last] = this.#read(end, family, 'end');
    if (compare(from, to) > 0) throw nodeError('ERR_INVALID_ARG_VALUE', 'start', start, 'must come before end');
    this.#rules.unshift({ kind, from, to, text: `Range: ${kind === 'ipv4' ? 'IPv4' : 'IPv6'} ${first}-${last}` });
  }

  addSubnet(network, prefix, family = 'ipv4') {
    const [net, kind, text] = this.#read(network, family, 'network');
    binding('validators').validateInt32(prefix, 'prefix', 0, kind === 'ipv4' ? 32 : 128);
    this.#rules.unshift({ kind, net, prefix, text: `Subnet: ${kind === 'ipv4' ? 'IPv4' : 'IPv6'} ${text}/${prefix}` });
  }

  check(address, family = 'ipv4') {
    let at;
    let kind;
    try {
      [at, kind] = this.#read(address, family, 'address');
    } catch (err) {
      if (err.code === 'ERR_INVALID_ADDRESS') return false;
      throw err;
    }
    const inner = kind === 'ipv6' ? mapped(at) : undefined;
    const rules = this.#rules;
    for (let i = 0; i < rules.length; i++) {
      const rule = rules[i];
      const tried = rule.kind === kind ? at : rule.kind === 'ipv4' ? inner : undefined;
      if (tried === undefined) continue;
      if (rule.net !== undefined ? samePrefix(tried, rule.net, rule.prefix)
        : compare(tried, rule.from) >= 0 && compare(tried, rule.to) <= 0) return true;
    }
    return false;
  }

  get rules() {
    return this.#rules.map((rule) => rule.text);
  }

  toJSON() {
    return this.rules;
  }

  fromJSON(data) {
    if (typeof data === 'string') data = JSON.parse(data);
    for (let i = data.length - 1; i >= 0; i--) {
      const found = /^(\w+): (IPv[46]) (.*)$/.exec(data[i]);
      if (!found) throw nodeError('ERR_INVALID_ARG_VALUE', 'data', data);
      const family = found[2].toLowerCase();
      if (found[1] === 'Address') this.addAddress(found[3], family);
      else if (found[1] === 'Range') this.addRange(...found[3].split('-'), family);
      else this.addSubnet(...((at) => [found[3].slice(0, at), +found[3].slice(at + 1)])(found[3].lastIndexOf('/')), family);
    }
  }

  [kInspect](depth, options) {
    if (depth < 0) return this;
    const inner = { ...options, depth: options.depth == null ? null : options.depth - 1 };
    return `BlockList ${require('util').inspect({ rules: this.rules }, inner)}`;
  }
}

module.exports = { BlockList, SocketAddress };
