// Node: 24
// What came to BlockList late: many at once, blocks by their usual notation, taking rules out again. Addresses are one to a
// family here: in which order Node names several is its hash table's.
'use strict';
const { BlockList, SocketAddress } = require('net');

const list = new BlockList();
function show(what) {
  try {
    console.log(JSON.stringify(what()), list.rules, list.size);
  } catch (err) {
    console.log(err.name, err.code, err.message);
  }
}

show(() => list.addAddress('1.1.1.1'));
show(() => list.addAddress('1.1.1.1'));
show(() => list.addRange('2.0.0.1', '2.0.0.9'));
show(() => list.addSubnet('3.0.0.0', 8));
show(() => list.removeAddress('9.9.9.9'));
show(() => list.removeAddress('1.1.1.1'));
show(() => list.check('1.1.1.1'));
show(() => list.removeRange('2.0.0.9', '2.0.0.1'));
show(() => list.removeRange('2.0.0.1', '2.0.0.9'));
show(() => list.removeSubnet('3.0.0.1', 8));
show(() => list.removeSubnet('3.0.0.0', 8));
for (const cidr of [
  '10.0.0.0/8', 'fe80::/10', '10.0.0.0', '10.0.0.0/', '10.0.0.0/33', 'x/8', '10.0.0.0/-1', '10.0.0.0/8/8', '/8', '::/129', '10.0.0.0/08',
  '10.0.0.0/ 8', '10.0.0.0/1.5', 5, '10.0.0.0/0x8', 'fe80::%eth0/10',
]) show(() => list.addCIDR(cidr));
show(() => list.removeCIDR('10.0.0.0/8'));
show(() => list.removeCIDR('x'));
show(() => list.addCIDRs(['1.0.0.0/8', 'bad']));
show(() => list.addCIDRs(['1.0.0.0/8', 5]));
show(() => list.addCIDRs('x'));
show(() => list.clear());
show(() => list.addCIDRs(BlockList.PRIVATE_RANGES));
show(() => [list.check('192.168.1.1'), list.check('8.8.8.8'), list.check('::1', 'ipv6')]);
show(() => list.clear());
show(() => list.addAddresses('x'));
show(() => list.addAddresses(['1.2.3.4', 5]));
show(() => list.addAddresses(['1.2.3.4', 'x']));
show(() => list.addAddresses([new SocketAddress({ address: '1.2.3.4' })]));
show(() => list.addAddresses(['0:0:0::1'], 5));
show(() => list.addAddresses(['::ffff:1.2.3.4'], 'ipv6'));
show(() => list.removeAddress('1.2.3.4'));
show(() => list.addAddress('0:0:0:0:0:0:0:1', 'ipv6'));
show(() => list.removeAddress('::1', 'ipv6'));
show(() => [Object.isFrozen(BlockList.PRIVATE_RANGES), BlockList.PRIVATE_RANGES]);
for (const data of [5, [5], '5', '["x"]', ['Subnet: IPv4 1.2.3.4/99'], ['Subnet: IPv4 4.0.0.0/8', 'Range: IPv6 ::1-::9'], '["Address: IPv4 6.6.6.6"]']) {
  show(() => list.fromJSON(data));
}
show(() => JSON.stringify(list) === JSON.stringify(list.rules));
for (const address of [
  '0:0:0:0:0:0:0:1', '::', '1::', '1:0:0:2:0:0:0:3', '1:0:2:0:3:0:4:0', '::ffff:1.2.3.4', '::1.2.3.4', '::0001:2', 'fe80::1%lo',
  '2001:DB8::0:1', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:0:0', '1:0:0:1:0:0:1:1', '::ffff:0:1.2.3.4', '64:ff9b::1.2.3.4',
]) console.log(new SocketAddress({ address, family: 'ipv6' }).address);
