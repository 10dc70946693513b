'use strict';

// `fs.glob`: options and exclusions; the walk is native.

const { ArrayIsArray, Promise, SafeSet } = primordials;
const { dirname, matchesGlob } = require('path');
const { nodeError } = binding('errors');
const native = binding('fs');
const { validateBoolean, validateFunction, validateObject, validateString, validateStringArray } = binding('validators');

function check(patterns, options) {
  if (ArrayIsArray(patterns)) validateStringArray(patterns, 'patterns');
  else {
    if (typeof patterns === 'object') throw nodeError('ERR_INVALID_ARG_TYPE', 'patterns', 'Array', patterns);
    validateString(patterns, 'patterns');
    patterns = [patterns];
  }
  validateObject(options, 'options');
  const { exclude, followSymlinks, withFileTypes } = options;
  if (followSymlinks != null) validateBoolean(followSymlinks, 'options.followSymlinks');
  if (exclude !== undefined && exclude !== null && typeof exclude !== 'function') {
    if (!ArrayIsArray(exclude)) {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'options.exclude', ['function', 'string[]'], exclude);
    }
    validateStringArray(exclude, 'options.exclude');
  }
  let { cwd } = options;
  cwd = cwd === undefined || cwd === null ? '.' : native.checkPath(cwd, 'options.cwd');
  return { patterns, cwd, exclude, followSymlinks, withFileTypes };
}

/** What is left of all matches: what is below something excluded is excluded too. */
function sift(pairs, { exclude, withFileTypes }) {
  const excluded = new SafeSet();
  const isExcluded = (path, entry) => {
    if (exclude === undefined || exclude === null) return false;
    for (let above = dirname(path); above !== '.' && above !== dirname(above); above = dirname(above)) {
      if (excluded.has(above)) return true;
    }
    let found = false;
    if (typeof exclude === 'function') {
      found = exclude(withFileTypes ? entry : path.slice(path.lastIndexOf('/') + 1));
    } else {
      for (let i = 0; i < exclude.length && !found; i++) {
        found = matchesGlob(path, exclude[i].replace(/^\.\//, '')) || path === exclude[i];
      }
    }
    if (found) excluded.add(path);
    return found;
  };
  const left = [];
  for (let i = 0; i < pairs.length; i++) {
    const { 0: path, 1: entry } = pairs[i];
    if (!isExcluded(path, entry)) left[left.length] = withFileTypes ? entry : path;
  }
  return left;
}

function globSync(patterns, options = {}) {
  const checked = check(patterns, options);
  return sift(native.globSync(checked.patterns, checked), checked);
}

function glob(patterns, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, 'cb');
  const checked = check(patterns, options === undefined ? {} : options);
  native.globAsync(checked.patterns, checked, (error, pairs) => {
    if (error) callback(error);
    else callback(null, sift(pairs, checked));
  });
}

async function* globPromise(patterns, options) {
  yield* await new Promise((resolve, reject) => {
    glob(patterns, options, (error, found) => (error ? reject(error) : resolve(found)));
  });
}

module.exports = { glob, globPromise, globSync };
