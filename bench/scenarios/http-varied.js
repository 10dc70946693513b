// What: random header names both ways, bodies of 1 B to 16 KB
// Group: http
// Measure: server
// Requests: varied
'use strict';

const http = require('http');

const text = 'abcdefghijklmnopqrstuvwxyz'.repeat(700);

// A request for `/SIZE/NAME` is answered with SIZE bytes of that text and a header called NAME.
const server = http.createServer((req, res) => {
  const [, size, name] = req.url.split('/');
  res.setHeader('Content-Type', 'text/plain');
  res.setHeader(name, req.headers[name] ?? 'missing');
  res.end(text.slice(0, Number(size)));
});

server.listen(process.env.PORT ?? 3000, '127.0.0.1', () => {
  const { address, port } = server.address();
  console.log(`Listening on http://${address}:${port}/`);
});
