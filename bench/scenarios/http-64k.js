// What: a body of 64 KB from one Buffer
// Group: http
// Measure: server
// Answer-bytes: 65536
'use strict';

const http = require('http');

const body = Buffer.alloc(65536, 'abcdefghijklmnopqrstuvwxyz');

const server = http.createServer((req, res) => {
  res.setHeader('Content-Type', 'text/plain');
  res.end(body);
});

server.listen(process.env.PORT || 0, '127.0.0.1', () => {
  const { address, port } = server.address();
  console.log(`Listening on http://${address}:${port}/`);
});
