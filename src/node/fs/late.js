'use strict';

// Rare functions of `fs/promises`.

const { nodeError } = binding('errors');

async function lchmod() {
  // Only macOS has it.
  throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', 'lchmod()');
}

module.exports = { lchmod };
