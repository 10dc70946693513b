// Node: 24
// Addresses that a socket may not connect to, and attempts that take too long.
'use strict';
const net = require('net');

const blockList = new net.BlockList();
blockList.addAddress('127.0.0.1');
try {
  new net.SocketAddress({ address: 'x' });
} catch (error) {
  console.log(error.code, error.message);
}
try {
  net.connect({ port: 1, host: '127.0.0.1', autoSelectFamilyAttemptTimeout: -1 });
} catch (error) {
  console.log(error.code, error.message);
}

const socket = net.connect({ port: 1, host: '127.0.0.1', blockList });
socket.on('error', (error) => console.log(error.code, error.message));
socket.on('close', (hadError) => {
  console.log('close', hadError);
  named();
});

// Both addresses of a name are on the list.
function named() {
  blockList.addAddress('127.0.0.2');
  const lookup = (host, options, callback) => callback(null, [
    { address: '127.0.0.1', family: 4 }, { address: '127.0.0.2', family: 4 },
  ]);
  const other = net.connect({ port: 1, host: 'two.test', lookup, blockList, autoSelectFamily: true });
  other.on('error', (error) => console.log(error.name, error.code));
}
