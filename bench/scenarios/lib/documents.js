'use strict';

// JSON of strings or of numbers, in one size and direction: the scenarios `json-…`.

const { measure } = require('./operations');

const elements = {
  strings: (index) => (index % 8 === 0 ? `line ${index}:\n"größer"` : `the text of element number ${index}`),
  numbers: (index) => (index % 2 === 0 ? index * 7919 : (index * 12.75) / 7),
};

/** An array whose text has at least so many characters. */
function arrayOf(kind, size) {
  const array = [];
  for (let length = 2; length < size; ) {
    const element = elements[kind](array.length);
    array.push(element);
    length += JSON.stringify(element).length + 1;
  }
  return array;
}

/** One operation is one document. */
function documents(direction, kind, size) {
  const operations = size < 10000 ? 500 : 1;
  const value = arrayOf(kind, size);
  const text = JSON.stringify(value);
  const run = {
    parse: () => JSON.parse(text).length,
    stringify: () => JSON.stringify(value).length,
  }[direction];

  measure({
    operations,
    batch() {
      let sum = 0;
      for (let i = 0; i < operations; i++) sum += run();
      return sum;
    },
  });
}

module.exports = { documents };
