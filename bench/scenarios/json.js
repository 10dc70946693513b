// What: documents of 1 KB (a hundred) and 100 KB (one), parsed and stringified
// Group: json
// Measure: operations
// Unit: documents
// Result: 212879
'use strict';

const { measure } = require('./lib/operations');

function user(id) {
  return {
    id,
    name: `User Number ${id}`,
    email: `user.${id}@example.com`,
    active: id % 3 !== 0,
    balance: id * 12.75,
    tags: ['première', 'two "quoted" words', 'line\nbreak'],
    address: { street: `${id} Long Street`, city: 'Zürich', country: null },
  };
}

const users = (count) => JSON.stringify(Array.from({ length: count }, (_, index) => user(index)));
const small = users(5);
const large = users(470);

measure({
  operations: 101,
  batch() {
    let characters = 0;
    for (let i = 0; i < 100; i++) {
      characters += JSON.stringify(JSON.parse(small)).length;
    }
    characters += JSON.stringify(JSON.parse(large)).length;
    return characters;
  },
});
