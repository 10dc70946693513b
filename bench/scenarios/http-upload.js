// What: an upload of 1 MB, its bytes counted
// Group: http
// Measure: server
// Request: POST /
// Body-bytes: 1048576
// Answer: 1048576
'use strict';

const http = require('http');

const server = http.createServer((req, res) => {
  let bytes = 0;
  req.on('data', (chunk) => {
    bytes += chunk.length;
  });
  req.on('end', () => {
    res.setHeader('Content-Type', 'text/plain');
    res.end(String(bytes));
  });
});

server.listen(process.env.PORT || 0, '127.0.0.1', () => {
  const { address, port } = server.address();
  console.log(`Listening on http://${address}:${port}/`);
});
