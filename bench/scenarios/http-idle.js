// What: front-page server, memory of 10,000 idle keep-alive connections
// Group: connections
// Measure: idle
// Connections: 10000
// Answer: Hello, world!\n
'use strict';

const http = require('http');

const server = http.createServer((req, res) => {
  res.statusCode = 200;
  res.setHeader('Content-Type', 'text/plain');
  res.end('Hello, world!\n');
});

// To open so many connections may take longer than the five seconds after which an idle one is closed.
server.keepAliveTimeout = 600_000;

server.listen(process.env.PORT || 0, '127.0.0.1', () => {
  const { address, port } = server.address();
  console.log(`Listening on http://${address}:${port}/`);
});
