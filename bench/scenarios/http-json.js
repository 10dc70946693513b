// What: an object of 1 KB as JSON
// Group: http
// Measure: server
// Answer: {"id":4711,"customer":{"name":"Ada Lovelace","email":"ada@example.com","city":"London"},"items":[{"sku":"item-0","quantity":1,"price":9.99,"inStock":true,"tags":["new","sale"]},{"sku":"item-1","quantity":2,"price":9.99,"inStock":false,"tags":["new","sale"]},{"sku":"item-2","quantity":3,"price":9.99,"inStock":true,"tags":["new","sale"]},{"sku":"item-3","quantity":4,"price":9.99,"inStock":false,"tags":["new","sale"]},{"sku":"item-4","quantity":5,"price":9.99,"inStock":true,"tags":["new","sale"]},{"sku":"item-5","quantity":6,"price":9.99,"inStock":false,"tags":["new","sale"]},{"sku":"item-6","quantity":7,"price":9.99,"inStock":true,"tags":["new","sale"]},{"sku":"item-7","quantity":8,"price":9.99,"inStock":false,"tags":["new","sale"]},{"sku":"item-8","quantity":9,"price":9.99,"inStock":true,"tags":["new","sale"]},{"sku":"item-9","quantity":10,"price":9.99,"inStock":false,"tags":["new","sale"]}],"paid":true,"note":null}
'use strict';

const http = require('http');

function order(id) {
  return {
    id,
    customer: { name: 'Ada Lovelace', email: 'ada@example.com', city: 'London' },
    items: Array.from({ length: 10 }, (_, index) => ({
      sku: `item-${index}`,
      quantity: index + 1,
      price: 9.99,
      inStock: index % 2 === 0,
      tags: ['new', 'sale'],
    })),
    paid: true,
    note: null,
  };
}

const server = http.createServer((req, res) => {
  res.setHeader('Content-Type', 'application/json');
  res.end(JSON.stringify(order(4711)));
});

server.listen(process.env.PORT || 0, '127.0.0.1', () => {
  const { address, port } = server.address();
  console.log(`Listening on http://${address}:${port}/`);
});
