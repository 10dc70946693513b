'use strict';

// Where the parser sees that a length or an encoding is wrong.

const http = require('http');
const net = require('net');

const heads = [
  'Content-Length: 3\r\nContent-Length: 4',
  'Content-Length: 3, 4',
  'Content-Length: 3x',
  'Content-Length: +3',
  'Content-Length: 3 4',
  'Content-Length:   x',
  'Content-Length: 99999999999999999999999',
  'Content-Length: 18446744073709551616',
  'Content-Length: 100000000000000000000',
  'Content-Length: 0000099999999999999999999',
  'Content-Length: ',
  'Transfer-Encoding: chunked\r\nContent-Length: 3',
  'Content-Length: 3\r\nTransfer-Encoding: chunked',
];

function ask(head) {
  return new Promise((resolve) => {
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\n${head}\r\n\r\nabc`));
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      const request = http.get({ host: '127.0.0.1', port, agent: false });
      request.on('response', () => console.log(head, 'is taken'));
      request.on('error', (error) => {
        console.log(JSON.stringify(head), error.code, error.bytesParsed, error.reason);
        server.close(resolve);
      });
    });
  });
}

(async () => {
  for (const head of heads) await ask(head);
})();
