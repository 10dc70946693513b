// Node: 24
'use strict';
// dns.resolve*: a name server in this process answers, badly, in part or not at all.
const dgram = require('dgram');
const dns = require('dns');
const fs = require('fs');
const net = require('net');

const TYPES = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28, SRV: 33, NAPTR: 35, TLSA: 52, ANY: 255, CAA: 257 };
const u16 = (...numbers) => Buffer.from(numbers.flatMap((n) => [n >> 8, n & 255]));
const u32 = (...numbers) => Buffer.concat(numbers.map((n) => u16(n >>> 16, n & 0xffff)));
const label = (text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')]);
const name = (text) => Buffer.concat([...text.split('.').filter(Boolean).map(label), Buffer.from([0])]);

// [type, data, owner, ttl]
const RECORDS = {
  'all.test': [
    ['TXT', Buffer.concat([label('one'), label('two \xe9\0')])],
    ['A', Buffer.from([1, 2, 3, 4])], ['A', Buffer.from([5, 6, 7, 8]), undefined, 7],
    ['AAAA', Buffer.from('20010db8000000000000000000000001', 'hex')],
    ['MX', Buffer.concat([u16(10), name('mail.test')])], ['MX', Buffer.concat([u16(5), name('')])],
    ['NS', name('ns.test')], ['PTR', name('ptr.test')],
    ['SRV', Buffer.concat([u16(1, 2, 80), name('srv.test')])],
    ['NAPTR', Buffer.concat([u16(100, 50), label('u'), label('E2U+sip'), label('!^.*$!sip:x!'), name('naptr.test')])],
    ['SOA', Buffer.concat([name('ns.test'), name('admin.test'), u32(3210987654, 900, 901, 1800, 3333333333)])],
    // Not asked for with the others: Node leaves holes beside it.
    ['TLSA', Buffer.from([3, 1, 1, 170, 187])],
    ['CAA', Buffer.concat([Buffer.from([128]), label('issue'), Buffer.from('ca.test')])],
    ['CAA', Buffer.concat([Buffer.from([0]), label('iodef'), Buffer.from('mailto:x@y')])],
  ],
  'alias.test': [['CNAME', name('b.test'), 'alias.test', 9], ['CNAME', name('c.test'), 'b.test'], ['A', Buffer.from([9, 9, 9, 9]), 'c.test', 50]],
  'only.test': [['CNAME', name('b.test')]],
  'odd.test': [['MX', Buffer.concat([u16(10), name('mail.test')])]],
  '4.3.2.1.in-addr.arpa': [['PTR', name('four.test')], ['PTR', name('too.test')]],
  'xn--bcher-kva.test': [['A', Buffer.from([2, 2, 2, 2])]],
  'long.test': [['A', Buffer.from([3, 3, 3, 3])]],
};
const CODES = { 'format.test': 1, 'server.test': 2, 'missing.test': 3, 'not.test': 4, 'refused.test': 5 };

function answer(query, tcp) {
  let at = 12;
  const labels = [];
  while (query[at] !== 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + query[at]));
    at += query[at] + 1;
  }
  const asked = labels.join('.');
  if (asked === 'silent.test') return undefined;
  const type = query.readUInt16BE(at + 1);
  const records = (RECORDS[asked] ?? []).filter(([kind]) => (type === 255 && kind !== 'TLSA') || TYPES[kind] === type || kind === 'CNAME' || asked === 'odd.test');
  const cut = asked === 'long.test' && !tcp;
  const list = (cut ? [] : records).map(([kind, data, owner = asked, ttl = 60]) =>
    Buffer.concat([name(owner), u16(TYPES[kind], 1), u32(ttl), u16(data.length), data]));
  const count = asked === 'bad.test' ? 3 : list.length;
  const head = Buffer.concat([query.subarray(0, 2), u16((cut ? 0x8380 : 0x8180) | (CODES[asked] ?? 0), 1, count, 0, 0)]);
  return Buffer.concat([head, query.subarray(12, at + 5), ...list]);
}

const show = (label, error, value) => {
  if (error) console.log(label, error.code, error.syscall, error.hostname, error.errno, error.message, Object.keys(error).join());
  else console.log(label, JSON.stringify(value, (key, part) => (part instanceof ArrayBuffer ? [...new Uint8Array(part)] : part)));
};
const attempt = (label, run) => {
  try {
    const made = run();
    console.log(label, made?.constructor?.name);
  } catch (error) {
    console.log(label, error.name, error.code, error.message);
  }
};

async function main() {
  const answerTo = (server) => (query, { address, port }) => {
    const bytes = answer(query, false);
    // A stranger's answer first: it has the wrong number.
    if (bytes) server.send(Buffer.concat([Buffer.from([bytes[0] ^ 255]), bytes.subarray(1)]), port, address);
    if (bytes) server.send(bytes, port, address);
  };
  const stream = net.createServer((socket) => {
    socket.on('data', (bytes) => {
      const made = answer(bytes.subarray(2), true);
      // In two parts.
      socket.write(u16(made.length));
      socket.write(made);
    });
  });
  // One number for both: a free one for UDP may belong to somebody's connection of TCP.
  let server;
  let port;
  for (let bound = false; !bound;) {
    server?.close();
    server = dgram.createSocket('udp4');
    server.on('message', answerTo(server));
    await new Promise((resolve) => server.bind(0, '127.0.0.1', resolve));
    ({ port } = server.address());
    bound = await new Promise((resolve) => {
      const taken = () => resolve(false);
      stream.once('error', taken);
      stream.listen(port, '127.0.0.1', () => {
        stream.off('error', taken);
        resolve(true);
      });
    });
  }

  const resolver = new dns.Resolver();
  const promised = new dns.promises.Resolver();
  resolver.setServers([`127.0.0.1:${port}`]);
  promised.setServers([`127.0.0.1:${port}`]);
  console.log(resolver.getServers().join() === `127.0.0.1:${port}`);
  const ask = (method, ...args) => new Promise((resolve) => {
    resolver[method](...args, (error, value) => {
      show(`${method} ${args.map(String).join()}`, error, value);
      resolve();
    });
  });

  for (const type of Object.keys(TYPES)) {
    const asked = type === 'CNAME' ? 'alias.test' : 'all.test';
    await ask('resolve', asked, type);
    await promised.resolve(asked, type).then((value) => show(`promised ${type}`, null, value));
  }
  await ask('resolve', 'all.test');
  await ask('resolve4', 'all.test', { ttl: true });
  await ask('resolve6', 'all.test', { ttl: true });
  await ask('resolve4', 'alias.test', { ttl: true });
  await ask('resolveAny', 'alias.test');
  await ask('resolveAny', 'only.test');
  await ask('resolve4', 'only.test');
  await ask('resolve4', 'odd.test');
  await ask('resolveMx', 'odd.test');
  await ask('resolve4', 'b\u00fccher.test');
  await ask('resolve4', 'LONG.test'.toLowerCase());
  await ask('reverse', '1.2.3.4');
  await ask('reverse', '::2');
  await promised.reverse('1.2.3.4').then((value) => show('promised reverse', null, value));
  for (const asked of [...Object.keys(CODES), 'empty.test', 'a.onion', `${'x'.repeat(64)}.test`, 'a..b']) {
    await ask('resolveTxt', asked);
    await promised.resolveTxt(asked).catch((error) => show('promised', error));
  }

  // Nobody answers, or with nonsense.
  for (const [asked, timeout] of [['silent.test', 1], ['bad.test', 20000]]) {
    const patient = new dns.Resolver({ timeout, tries: 2, maxTimeout: timeout });
    patient.setServers([`127.0.0.1:${port}`]);
    await new Promise((resolve) => patient.resolve4(asked, (error) => { show(asked, error); resolve(); }));
  }

  // What has no answer yet doesn't keep files waiting, and can be cancelled.
  const order = [];
  const cancelled = [1, 2, 3].map((n) => new Promise((resolve) => {
    resolver.resolve4('silent.test', (error) => { order.push(`${error.code} ${n}`); resolve(); });
  }));
  for (let i = 0; i < 8; i++) await fs.promises.readFile(__filename);
  order.push('files');
  attempt('setServers', () => resolver.setServers(['127.0.0.1']));
  resolver.cancel();
  order.push('cancel');
  await Promise.all(cancelled);
  console.log(order.join());
  attempt('setServers', () => resolver.setServers(['127.0.0.1', '[::1]:5353', '1.2.3.4:53', '::2']));
  console.log(resolver.getServers());

  // One resolver serves both modules.
  dns.setServers([`127.0.0.1:${port}`]);
  console.log(dns.promises.getServers().length, JSON.stringify(await dns.promises.resolve4('all.test')));
  dns.setServers([]);
  console.log(dns.getServers());
  await new Promise((resolve) => dns.resolve4('all.test', (error) => { show('nobody', error); resolve(); }));
  server.close();
  stream.close();

  attempt('no callback', () => dns.resolve4('a'));
  attempt('type', () => dns.resolve('a', 'X', () => {}));
  attempt('type', () => dns.resolve('a', 1, () => {}));
  attempt('type', () => dns.promises.resolve('a', 'X'));
  attempt('name', () => dns.resolve4(1, () => {}));
  attempt('name', () => dns.promises.resolve4());
  attempt('reverse', () => dns.reverse('x', () => {}));
  await dns.promises.reverse('x').catch((error) => show('reverse', error));
  for (const options of [{ tries: 0 }, { tries: 'a' }, { timeout: 'a' }, { timeout: -2 }, { maxTimeout: -1 }, { maxTimeout: 1.5 }, null, 5]) {
    attempt(`options ${JSON.stringify(options)}`, () => new dns.Resolver(options));
  }
  for (const address of [[], ['bad'], ['1.2.3.4', '1.2.3.4'], ['::1', '::1'], ['::1', '1.2.3.4'], [1], ['1.2.3.4', 1]]) {
    attempt(`local ${address}`, () => resolver.setLocalAddress(...address));
  }
  for (const list of [['1.2.3.4:99999'], ['[::1]:99999'], ['1.2.3.4:0'], ['a'], ['1.2.3.4:a'], ['[::1'], [1], 'x', ['::1', , '1.1.1.1']]) {
    attempt(`servers ${list}`, () => dns.setServers(list));
  }
  console.log(dns.getServers());
  const { prototype } = dns.Resolver;
  console.log(Object.keys(dns).filter((key) => key !== 'default').sort().join());
  console.log(Object.keys(dns.promises).sort().join());
  console.log(Object.getOwnPropertyNames(prototype).map((key) => `${key} ${prototype[key].name} ${prototype[key].length}`).join());
  console.log(resolver);
}
main();
