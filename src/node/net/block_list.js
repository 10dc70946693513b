// `net.BlockList` and `net.SocketAddress`.
'use strict';

const { ArrayIsArray, JSONParse, NumberIsNaN, NumberParseInt, ObjectDefineProperty, ObjectFreeze, SymbolFor } = primordials;
const native = binding('net');
const { nodeError } = binding('errors');
const { carry, kClone, kRevive } = binding('structured_clone');

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

/** The usual text of an IPv6 address: the longest run of zeros left out, an IPv4 address at its end as one. */
function shortened(list) {
  let start = 0;
  let length = 0;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && list[end] === 0) end++;
    if (end - i > length) {
      start = i;
      length = end - i;
    }
    if (end > i) i = end;
  }
  const hex = (from, to) => list.slice(from, to).map((word) => word.toString(16)).join(':');
  if (length < 2) return hex(0, 8);
  if (start === 0 && (length === 6 || (length === 5 && list[5] === 0xffff))) {
    const v4 = [list[6] >> 8, list[6] & 255, list[7] >> 8, list[7] & 255].join('.');
    return length === 6 ? `::${v4}` : `::ffff:${v4}`;
  }
  return `${hex(0, start)}::${hex(start + length, 8)}`;
}

// An IPv4 address in IPv6's clothes.
function mapped(list) {
  for (let i = 0; i < 5; i++) if (list[i] !== 0) return undefined;
  return list[5] === 0xffff ? [list[6] * 65536 + list[7]] : undefined;
}

/** Whether an address falls under a rule. An IPv4 address does in IPv6's clothes too, on either side. */
function matches(rule, at, kind) {
  if (rule.net !== undefined) {
    if (rule.kind === kind) return samePrefix(at, rule.net, rule.prefix);
    const dressed = kind === 'ipv4' ? [0, 0, 0, 0, 0, 0xffff, at[0] >>> 16, at[0] & 0xffff] : mapped(at);
    return dressed !== undefined && samePrefix(dressed, rule.net, rule.prefix);
  }
  let { from, to } = rule;
  if (rule.kind !== kind) {
    if (kind === 'ipv6') {
      at = mapped(at);
    } else {
      from = mapped(from);
      to = mapped(to);
    }
    if (at === undefined || from === undefined || to === undefined) return false;
  }
  return compare(at, from) >= 0 && compare(at, to) <= 0;
}

/** Whether a rule is for one address, be it IPv4 or the same in IPv6. */
function same(rule, at, kind) {
  const plain = (list, family) => (family === 'ipv6' ? mapped(list) ?? list : list);
  const a = plain(rule.from, rule.kind);
  const b = plain(at, kind);
  return a.length === b.length && compare(a, b) === 0;
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

/** The parts of `address/bits`. */
function parseCIDR(cidr) {
  binding('validators').validateString(cidr, 'cidr');
  const slash = cidr.lastIndexOf('/');
  if (slash === -1) {
    throw nodeError('ERR_INVALID_ARG_VALUE', 'cidr', cidr, 'must contain a prefix length (e.g. "10.0.0.0/8")');
  }
  const address = cidr.slice(0, slash);
  const digits = cidr.slice(slash + 1);
  const prefix = NumberParseInt(digits, 10);
  if (NumberIsNaN(prefix) || `${prefix}` !== digits) {
    throw nodeError('ERR_INVALID_ARG_VALUE', 'cidr', cidr, 'prefix length must be a valid integer');
  }
  return [address, prefix, address.includes(':') ? 'ipv6' : 'ipv4'];
}

let rulesOf;
let withRules;

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
    this.#address = family === 'ipv6' ? shortened(words(address, family)) : address;
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

const rulePattern = new RegExp('(Address|Range|Subnet): (IPv4|IPv6) ' +
  '((?<=Address.*)[\\d.a-fA-F:]+|(?<=Range.*)[\\d.a-fA-F:]+-[\\d.a-fA-F:]+|(?<=Subnet.*)[\\d.a-fA-F:]+/\\d{1,3})');

class BlockList {
  #rules = [];

  static {
    rulesOf = (list) => list.#rules;
    withRules = (rules) => {
      const list = new BlockList();
      list.#rules = rules;
      return list;
    };
  }

  static PRIVATE_RANGES = ObjectFreeze([
    '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8', '::1/128', '169.254.0.0/16', 'fe80::/10', 'fc00::/7',
  ]);

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
    this.#add(this.#read(address, family, 'address'));
  }

  #add([at, kind, text]) {
    // One address is one rule, in whichever clothes.
    this.#remove((rule) => rule.single && same(rule, at, kind));
    const name = kind === 'ipv4' ? 'IPv4' : 'IPv6';
    this.#rules.unshift({ kind, from: at, to: at, single: true, text: `Address: ${name} ${text}` });
  }

  #remove(is) {
    const at = this.#rules.findIndex(is);
    if (at !== -1) this.#rules.splice(at, 1);
  }

  addAddresses(addresses, family = 'ipv4') {
    if (!ArrayIsArray(addresses)) throw nodeError('ERR_INVALID_ARG_TYPE', 'addresses', 'Array', addresses);
    binding('validators').validateString(family, 'family');
    // All of them are looked at before one is added.
    const read = [];
    for (let i = 0; i < addresses.length; i++) read.push(this.#read(addresses[i], family, `addresses[${i}]`));
    for (let i = 0; i < read.length; i++) this.#add(read[i]);
  }

  addCIDR(cidr) {
    this.addSubnet(...parseCIDR(cidr));
  }

  addCIDRs(cidrs) {
    if (!ArrayIsArray(cidrs)) throw nodeError('ERR_INVALID_ARG_TYPE', 'cidrs', 'Array', cidrs);
    const parsed = [];
    for (let i = 0; i < cidrs.length; i++) {
      binding('validators').validateString(cidrs[i], `cidrs[${i}]`);
      parsed.push(parseCIDR(cidrs[i]));
    }
    for (let i = 0; i < parsed.length; i++) this.addSubnet(...parsed[i]);
  }

  removeAddress(address, family = 'ipv4') {
    const [at, kind] = this.#read(address, family, 'address');
    this.#remove((rule) => rule.single && same(rule, at, kind));
  }

  removeRange(start, end, family = 'ipv4') {
    const [from, kind] = this.#read(start, family, 'start');
    const [to] = this.#read(end, family, 'end');
    this.#remove((rule) => !rule.single && rule.from !== undefined && rule.kind === kind &&
      compare(rule.from, from) === 0 && compare(rule.to, to) === 0);
  }

  removeSubnet(network, prefix, family = 'ipv4') {
    const [net, kind] = this.#read(network, family, 'network');
    binding('validators').validateInt32(prefix, 'prefix', 0, kind === 'ipv4' ? 32 : 128);
    this.#remove((rule) => rule.kind === kind && rule.prefix === prefix && rule.net !== undefined && compare(rule.net, net) === 0);
  }

  removeCIDR(cidr) {
    this.removeSubnet(...parseCIDR(cidr));
  }

  clear() {
    this.#rules.length = 0;
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
    const rules = this.#rules;
    for (let i = 0; i < rules.length; i++) if (matches(rules[i], at, kind)) return true;
    return false;
  }

  get rules() {
    // Addresses come first, ranges last.
    const kind = (rule) => (rule.single ? 0 : rule.net !== undefined ? 1 : 2);
    return this.#rules.toSorted((a, b) => kind(a) - kind(b)).map((rule) => rule.text);
  }

  get size() {
    return this.#rules.length;
  }

  toJSON() {
    return this.rules;
  }

  fromJSON(data) {
    const given = data;
    if (typeof data === 'string') data = JSONParse(data);
    if (!ArrayIsArray(data) || data.some((text) => typeof text !== 'string')) {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'data', ['string', 'string[]'], ArrayIsArray(given) ? given : data);
    }
    for (let i = 0; i < data.length; i++) {
      const found = rulePattern.exec(data[i]);
      // What is no rule is passed over.
      if (!found) continue;
      const family = found[2].toLowerCase();
      if (found[1] === 'Address') this.addAddress(found[3], family);
      else if (found[1] === 'Range') this.addRange(...found[3].split('-'), family);
      else this.addSubnet(...found[3].split('/').map((part, at) => (at ? NumberParseInt(part) : part)), family);
    }
  }

  [kInspect](depth, options) {
    if (depth < 0) return this;
    const inner = { ...options, depth: options.depth == null ? null : options.depth - 1 };
    return `BlockList ${require('util').inspect({ rules: this.rules }, inner)}`;
  }
}

function cloneable(prototype, clone) {
  ObjectDefineProperty(prototype, kClone, { __proto__: null, configurable: true, value: clone });
}
cloneable(SocketAddress.prototype, function() {
  const { address, family, port, flowlabel } = this;
  return { deserializeInfo: 'net/block_list:SocketAddress', data: { address, family, port, flowlabel } };
});
// Clones of a list have its rules, also those that are added later.
cloneable(BlockList.prototype, function() {
  return { deserializeInfo: 'net/block_list:BlockList', data: carry(rulesOf(this)) };
});

module.exports = {
  BlockList, SocketAddress,
  [kRevive](data, name) {
    return name === 'BlockList' ? withRules(data) : new SocketAddress(data);
  },
};
