// What: util.inspect of a nested object
// Group: compute
// Measure: operations
// Unit: objects
// Result: 43584
'use strict';

const { inspect } = require('node:util');
const { measure } = require('./lib/operations');

const operations = 100;

const order = (id) => ({
  id,
  customer: { name: `Customer ${id}`, email: `customer.${id}@example.com`, isActive: id % 3 !== 0, since: null },
  lines: [
    { article: 'first', quantity: id, price: 12.75 },
    { article: "second's", quantity: 2, price: 0.5 },
  ],
  tags: ['première', 'two "quoted" words', 'line\nbreak'],
  address: { street: `${id} Long Street`, city: 'Zürich', country: undefined, position: { at: [47.37, 8.54] } },
});

measure({
  operations,
  batch() {
    let characters = 0;
    for (let i = 0; i < operations; i++) {
      characters += inspect(order(i)).length;
    }
    return characters;
  },
});
