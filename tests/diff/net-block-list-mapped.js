// Node: 24
'use strict';
// BlockList: rules for IPv4 addresses in IPv6's clothes hold for the plain addresses too.
const { BlockList } = require('net');
const asked = [['1.1.1.2'], ['::ffff:1.1.1.2', 'ipv6'], ['1.1.1.9'], ['::ffff:1.1.1.9', 'ipv6'], ['1.1.2.1'], ['::1', 'ipv6'], ['0.0.0.1'], ['255.255.255.255'],['::ffff:ffff:ffff', 'ipv6']];
const rules = {
  address: (list) => list.addAddress('::ffff:1.1.1.2', 'ipv6'),
  plainAddress: (list) => list.addAddress('1.1.1.2'),
  range: (list) => list.addRange('::ffff:1.1.1.1', '::ffff:1.1.1.9', 'ipv6'),
  plainRange: (list) => list.addRange('1.1.1.1', '1.1.1.9'),
  wideRange: (list) => list.addRange('::', '::ffff:1.1.1.9', 'ipv6'),
  upperRange: (list) => list.addRange('::ffff:1.1.1.9', 'ffff::', 'ipv6'),
  outerRange: (list) => list.addRange('::', 'ffff::', 'ipv6'),
  subnet: (list) => list.addSubnet('::ffff:1.1.1.0', 120, 'ipv6'),
  subnet64: (list) => list.addSubnet('::ffff:1.1.1.0', 64, 'ipv6'),
  subnet8: (list) => list.addSubnet('::', 8, 'ipv6'),
  plainSubnet: (list) => list.addSubnet('1.1.1.0', 24),
};
for (const name of Object.keys(rules)) {
  const list = new BlockList();
  rules[name](list);
  console.log(name, asked.map(([address, family]) => list.check(address, family)).join(' '));
}
