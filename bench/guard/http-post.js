// A request with a body, which is read to its end and sent back.
'use strict';

const http = require('http');

const requests = Number(process.argv[2]);
let answered = 0;

const server = http.createServer((req, res) => {
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    res.setHeader('Content-Type', 'text/plain');
    res.end(Buffer.concat(chunks));
    answered += 1;
    if (answered === requests) server.close();
  });
});

server.keepAliveTimeout = 60_000;
server.on('close', () => console.log(`done ${answered}`));
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
