// What: a file of 64 KB piped from fs.createReadStream
// Group: http
// Measure: server
// Answer-bytes: 65536
'use strict';

const fs = require('fs');
const http = require('http');
const path = require('path');

const file = path.join(__dirname, 'lib', 'alphabet.txt');

const server = http.createServer((req, res) => {
  const stream = fs.createReadStream(file);
  stream.on('error', (error) => res.destroy(error));
  res.setHeader('Content-Type', 'text/plain');
  stream.pipe(res);
});

server.listen(process.env.PORT || 0, '127.0.0.1', () => {
  const { address, port } = server.address();
  console.log(`Listening on http://${address}:${port}/`);
});
