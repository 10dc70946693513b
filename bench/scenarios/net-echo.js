// What: net server that sends back what it gets
// Group: net
// Measure: echo
'use strict';

const net = require('net');

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.pipe(socket);
});

server.listen(process.env.PORT || 0, '127.0.0.1', () => {
  const { address, port } = server.address();
  console.log(`Listening on http://${address}:${port}/`);
});
