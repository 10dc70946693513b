'use strict';

// Buffers from text and back, in one encoding and size: the scenarios `buffer-…`.

const { measure } = require('./operations');

/** Half of the operations are `Buffer.from`, half `toString`. */
function convert(encoding, size) {
  const rounds = size < 1024 ? 2000 : 20;
  // Latin-1 and ASCII in two of three buffers, as most text is; characters of two and three bytes in the third.
  const texts = ['plain words, and more; ', 'grüße & größer; ', 'grüße, 世界! '].map((text) =>
    Buffer.alloc(size, text, encoding === 'latin1' || encoding === 'ascii' ? 'latin1' : 'utf8').toString(encoding));

  measure({
    operations: 2 * rounds,
    batch() {
      let sum = 0;
      for (let i = 0; i < rounds; i++) {
        const bytes = Buffer.from(texts[i % 3], encoding);
        // The first byte changes, so that there is something new to convert.
        bytes[0] = 65 + (i % 2);
        const back = bytes.toString(encoding);
        sum += bytes.length + back.length + back.charCodeAt(0);
      }
      return sum;
    },
  });
}

module.exports = { convert };
