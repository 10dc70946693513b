// What: a JSON body of 200 bytes parsed, one of its fields answered
// Group: http
// Measure: server
// Request: POST / {"id":4711,"customer":{"name":"Ada Lovelace","email":"ada@example.com"},"items":[{"sku":"item-1","quantity":2,"price":9.99},{"sku":"item-2","quantity":1,"price":24.5}],"note":"leave it at the door"}
// Answer: ada@example.com
'use strict';

const http = require('http');

const server = http.createServer((req, res) => {
  let body = '';
  req.setEncoding('utf8');
  req.on('data', (chunk) => {
    body += chunk;
  });
  req.on('end', () => {
    const order = JSON.parse(body);
    res.setHeader('Content-Type', 'text/plain');
    res.end(order.customer.email);
  });
});

server.listen(process.env.PORT || 0, '127.0.0.1', () => {
  const { address, port } = server.address();
  console.log(`Listening on http://${address}:${port}/`);
});
