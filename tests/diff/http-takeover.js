// A connection that a 'connection' listener has seen becomes a plain socket by an upgrade; a request's own timeout.
'use strict';
const http = require('http');
const net = require('net');

function upgrade(first, done) {
  const server = http.createServer(() => {});
  server.on('connection', () => {});
  server.on('upgrade', (req, socket, head) => {
    console.log('head', String(head));
    socket.write('HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
    socket.on('data', (chunk) => {
      console.log('server', String(chunk));
      socket.end('bye');
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const client = net.connect(server.address().port, '127.0.0.1');
    client.write(`GET / HTTP/1.1\r\nHost: x\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n${first}`);
    client.once('data', () => client.write('hello'));
    client.on('end', () => {
      console.log('end');
      client.end();
      server.close(done);
    });
  });
}

function timeout(done) {
  const server = http.createServer((req) => {
    req.setTimeout(20, (socket) => {
      console.log('timeout', socket === req.socket);
      socket.destroy();
      server.close(done);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const req = http.request({ port: server.address().port, host: '127.0.0.1', method: 'POST' });
    req.on('error', (error) => console.log(error.code));
    req.write('begun');
  });
}

upgrade('', () => upgrade('more', () => timeout(() => console.log('done'))));
