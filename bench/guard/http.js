// The front page's server: a request on a connection that is kept.
'use strict';

const http = require('http');

const requests = Number(process.argv[2]);
let answered = 0;

const server = http.createServer((req, res) => {
  res.statusCode = 200;
  res.setHeader('Content-Type', 'text/plain');
  res.end('Hello, world!\n');
  answered += 1;
  if (answered === requests) server.close();
});

server.keepAliveTimeout = 60_000;
server.on('close', () => console.log(`done ${answered}`));
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
