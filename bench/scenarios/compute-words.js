// What: a text built, split, its words counted in a Map and sorted
// Group: compute
// Measure: operations
// Unit: words
// Result: 584 de:465 ba:437 na:426
'use strict';

const { measure } = require('./lib/operations');

const length = 10000;
const syllables = ['ba', 'de', 'fi', 'go', 'lu', 'na', 're', 'so'];

/** A text of made-up words of one to three syllables, the same each time. */
function write() {
  let text = '';
  let random = 1;
  for (let i = 0; i < length; i++) {
    let word = '';
    for (let syllable = 0; syllable <= i % 3; syllable++) {
      random = (random * 1103515245 + 12345) % 2147483648;
      word += syllables[random >> 28];
    }
    text += i % 10 === 0 ? `${word.toUpperCase()}. ` : `${word} `;
  }
  return text;
}

function count(text) {
  const counts = new Map();
  for (const part of text.split(' ')) {
    const word = part.replace('.', '').toLowerCase();
    if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

measure({
  operations: length,
  batch() {
    const counts = [...count(write())];
    counts.sort(([a, times], [b, otherTimes]) => otherTimes - times || (a < b ? -1 : 1));
    const common = counts.slice(0, 3).map(([word, times]) => `${word}:${times}`);
    return `${counts.length} ${common.join(' ')}`;
  },
});
