// What: a proxy in front of a server of the same process, 1 KB through it
// Group: http
// Measure: server
// Answer-bytes: 1024
'use strict';

const http = require('http');

const text = 'abcdefghijklmnopqrstuvwxyz'.repeat(40).slice(0, 1024);
const agent = new http.Agent({ keepAlive: true });

const origin = http.createServer((req, res) => {
  res.setHeader('Content-Type', 'text/plain');
  res.end(text);
});

const server = http.createServer((req, res) => {
  const { port } = origin.address();
  const { method, url, headers } = req;
  const forwarded = http.request({ host: '127.0.0.1', port, path: url, method, headers, agent });
  forwarded.on('response', (answer) => {
    res.writeHead(answer.statusCode, answer.headers);
    answer.pipe(res);
  });
  forwarded.on('error', (error) => res.destroy(error));
  req.pipe(forwarded);
});

origin.listen(0, '127.0.0.1', () => {
  server.listen(process.env.PORT || 0, '127.0.0.1', () => {
    const { address, port } = server.address();
    console.log(`Listening on http://${address}:${port}/`);
  });
});
