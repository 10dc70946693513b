// What the system's resolver gives, and what is refused before it is asked.
const dns = require('dns');
const show = (name) => (err, ...rest) => console.log(name, err && err.code, ...rest);

const refused = [
  ['no callback', () => dns.lookup('localhost')],
  ['hostname', () => dns.lookup({}, () => {})],
  ['options', () => dns.lookup('localhost', 'x', () => {})],
  ['family', () => dns.lookup('localhost', 5, () => {})],
  ['options.family', () => dns.lookup('localhost', { family: 5 }, () => {})],
  ['hints', () => dns.lookup('localhost', { hints: 1 << 20 }, () => {})],
  ['all', () => dns.lookup('localhost', { all: 1 }, () => {})],
  ['order', () => dns.lookup('localhost', { order: 'x' }, () => {})],
  ['service', () => dns.lookupService('localhost', 80, () => {})],
  ['service port', () => dns.lookupService('127.0.0.1', 70000, () => {})],
  ['service arguments', () => dns.lookupService('127.0.0.1', 80)],
  ['default order', () => dns.setDefaultResultOrder('x')],
];
for (const [name, act] of refused) {
  try { act(); } catch (error) { console.log(name, error.name, error.code, error.message); }
}
console.log(dns.getDefaultResultOrder(), dns.NOTFOUND, dns.CANCELLED, dns.promises === require('dns/promises'));

dns.lookup('127.0.0.1', (...values) => {
  show('address')(...values);
  dns.lookup('::1', { all: true }, (...others) => {
    show('all')(...others);
    dns.lookup('localhost', 4, async (...names) => {
      show('localhost')(...names);
      console.log(await dns.promises.lookup('localhost', { family: 4, all: true }));
      console.log(await require('util').promisify(dns.lookup)('127.0.0.1'));
      try { await dns.promises.lookupService('x', 80); } catch (error) { console.log(error.code); }
    });
  });
});
console.log('main ends');
