// What a socket receives goes back over it.
'use strict';

const net = require('net');

let received = 0;

const server = net.createServer((socket) => {
  server.close();
  socket.on('data', (chunk) => {
    received += 1;
    socket.write(chunk);
  });
});

server.on('close', () => console.log(`done ${received}`));
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
