'use strict';

// `fs.cp`: copies trees. The one algorithm is a generator that yields the calls it needs; a driver makes them, blocking or not.

const fs = require('fs');
const { dirname, isAbsolute, join, parse, resolve, sep } = require('path');
const { nodeError } = binding('errors');
const { validateBoolean, validateFunction, validateInteger, validateObject } = binding('validators');
const native = binding('fs');

const { EEXIST, EINVAL, EISDIR, ENOTDIR } = require('os').constants.errno;

function check(options) {
  const checked = {
    dereference: false, errorOnExist: false, filter: undefined, force: true, mode: 0, preserveTimestamps: false,
    recursive: false, verbatimSymlinks: false,
  };
  if (options === undefined) return checked;
  validateObject(options, 'options');
  for (const name of ['dereference', 'errorOnExist', 'force', 'preserveTimestamps', 'recursive', 'verbatimSymlinks']) {
    if (name in options) {
      validateBoolean(options[name], `options.${name}`);
      checked[name] = options[name];
    }
  }
  if (options.mode !== undefined && options.mode !== null) {
    validateInteger(options.mode, 'options.mode', 0, 7);
    checked.mode = options.mode;
  }
  if (checked.dereference && checked.verbatimSymlinks) {
    throw nodeError('ERR_INCOMPATIBLE_OPTION_PAIR', 'dereference', 'verbatimSymlinks');
  }
  if (options.filter !== undefined) {
    validateFunction(options.filter, 'options.filter');
    checked.filter = options.filter;
  }
  return checked;
}

function refuse(code, message, path, errno, name) {
  return nodeError(code, { message, path, syscall: 'cp', errno, code: name });
}

function* look(call, path, options) {
  try {
    return yield [call, path, options];
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

function same(a, b) {
  return b !== null && a.ino === b.ino && a.dev === b.dev;
}

function isInside(source, target) {
  const parts = (path) => path.split(sep).filter(Boolean);
  const from = parts(resolve(source));
  const to = parts(resolve(target));
  return from.every((part, i) => to[i] === part);
}

function* copyTree(source, target, options) {
  if (options.filter !== undefined && !(yield [options.filter, source, target])) return;
  const call = options.dereference ? 'stat' : 'lstat';
  const from = yield [call, source, { bigint: true }];
  const to = yield* look(call, target, { bigint: true });
  if (to !== null) {
    if (same(from, to)) throw refuse('ERR_FS_CP_EINVAL', 'src and dest cannot be the same', target, EINVAL, 'EINVAL');
    if (from.isDirectory() && !to.isDirectory()) {
      throw refuse('ERR_FS_CP_DIR_TO_NON_DIR', `cannot overwrite non-directory ${target} with directory ${source}`, target, EISDIR, 'EISDIR');
    }
    if (!from.isDirectory() && to.isDirectory()) {
      throw refuse('ERR_FS_CP_NON_DIR_TO_DIR', `cannot overwrite directory ${target} with non-directory ${source}`, target, ENOTDIR, 'ENOTDIR');
    }
  }
  if (from.isDirectory() && isInside(source, target)) {
    throw refuse('ERR_FS_CP_EINVAL', `cannot copy ${source} to a subdirectory of self ${target}`, target, EINVAL, 'EINVAL');
  }
  // A parent of the target may be the source by another name.
  let parent = resolve(dirname(target));
  while (from.isDirectory() && parent !== resolve(dirname(source)) && parent !== parse(parent).root) {
    const status = yield* look('stat', parent, { bigint: true });
    if (status === null) break;
    if (same(from, status)) {
      throw refuse('ERR_FS_CP_EINVAL', `cannot copy ${source} to a subdirectory of self ${target}`, target, EINVAL, 'EINVAL');
    }
    parent = resolve(dirname(parent));
  }
  if ((yield* look('stat', dirname(target))) === null) yield ['mkdir', dirname(target), { recursive: true }];
  yield* copyEntry(source, target, options);
}

function* copyEntry(source, target, options) {
  const from = yield [options.dereference ? 'stat' : 'lstat', source];
  const to = yield* look('lstat', target);
  if (from.isDirectory()) {
    if (!options.recursive) {
      throw refuse('ERR_FS_EISDIR', `Recursive option not enabled, cannot copy a directory: ${source}`, source, EISDIR, 'EISDIR');
    }
    yield* copyDirectory(from, to, source, target, options);
  } else if (from.isFile() || from.isCharacterDevice() || from.isBlockDevice()) {
    yield* copyFile(from, to, source, target, options);
  } else if (from.isSymbolicLink()) {
    yield* copyLink(to, source, target, options);
  } else if (from.isSocket()) {
    throw refuse('ERR_FS_CP_SOCKET', `cannot copy a socket file: ${target}`, target, EINVAL, 'EINVAL');
  } else if (from.isFIFO()) {
    throw refuse('ERR_FS_CP_FIFO_PIPE', `cannot copy a FIFO pipe: ${target}`, target, EINVAL, 'EINVAL');
  } else {
    throw refuse('ERR_FS_CP_UNKNOWN', `cannot copy an unknown file type: ${target}`, target, EINVAL, 'EINVAL');
  }
}

function* copyFile(from, to, source, target, options) {
  if (to !== null) {
    if (options.force) {
      yield ['unlink', target];
    } else if (options.errorOnExist) {
      throw refuse('ERR_FS_CP_EEXIST', `${target} already exists`, target, EEXIST, 'EEXIST');
    } else {
      return;
    }
  }
  yield ['copyFile', source, target, options.mode];
  if (options.preserveTimestamps) {
    if ((from.mode & 0o200) === 0) yield ['chmod', target, from.mode | 0o200];
    const now = yield ['stat', source];
    yield ['utimes', target, now.atime, now.mtime];
  }
  yield ['chmod', target, from.mode];
}

function* copyDirectory(from, to, source, target, options) {
  if (to === null) yield ['mkdir', target];
  const names = yield ['readdir', source];
  for (let i = 0; i < names.length; i++) {
    const inner = join(source, names[i]);
    const copy = join(target, names[i]);
    if (options.filter !== undefined && !(yield [options.filter, inner, copy])) continue;
    const inside = yield [options.dereference ? 'stat' : 'lstat', inner];
    const there = yield* look(options.dereference ? 'stat' : 'lstat', copy);
    if (there !== null) {
      if (inside.isDirectory() && !there.isDirectory()) {
        throw refuse('ERR_FS_CP_DIR_TO_NON_DIR', `cannot overwrite non-directory ${copy} with directory ${inner}`, copy, EISDIR, 'EISDIR');
      }
      if (!inside.isDirectory() && there.isDirectory()) {
        throw refuse('ERR_FS_CP_NON_DIR_TO_DIR', `cannot overwrite directory ${copy} with non-directory ${inner}`, copy, ENOTDIR, 'ENOTDIR');
      }
    }
    yield* copyEntry(inner, copy, options);
  }
  if (to === null) yield ['chmod', target, from.mode];
}

function* copyLink(to, source, target, options) {
  let leads = yield ['readlink', source];
  if (!options.verbatimSymlinks && !isAbsolute(leads)) leads = resolve(dirname(source), leads);
  if (to === null) {
    yield ['symlink', leads, target];
    return;
  }
  let there;
  try {
    there = yield ['readlink', target];
  } catch (error) {
    if (error.code !== 'EINVAL' && error.code !== 'UNKNOWN') throw error;
    yield ['symlink', leads, target];
    return;
  }
  if (!isAbsolute(there)) there = resolve(dirname(target), there);
  const status = yield* look('stat', source);
  if (status?.isDirectory() && isInside(leads, there)) {
    throw refuse('ERR_FS_CP_EINVAL', `cannot copy ${leads} to a subdirectory of self ${there}`, target, EINVAL, 'EINVAL');
  }
  if (status?.isDirectory() && isInside(there, leads)) {
    throw refuse('ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY', `cannot overwrite ${there} with ${leads}`, target, EINVAL, 'EINVAL');
  }
  yield ['unlink', target];
  yield ['symlink', leads, target];
}

function paths(source, target) {
  return [native.checkPath(source, 'src').toString(), native.checkPath(target, 'dest').toString()];
}

/** Makes each call that a generator yields, and gives it what comes of it. */
function runSync(steps) {
  let step = steps.next();
  while (!step.done) {
    const { 0: call, 1: a, 2: b, 3: c } = step.value;
    let value;
    try {
      value = typeof call === 'function' ? call(a, b) : fs[`${call}Sync`](a, b, c);
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    if (typeof call === 'function' && typeof value?.then === 'function') {
      throw nodeError('ERR_INVALID_RETURN_VALUE', 'boolean', 'filter', value);
    }
    step = steps.next(value);
  }
}

async function run(steps) {
  const promises = require('fs/promises');
  let step = steps.next();
  while (!step.done) {
    const { 0: call, 1: a, 2: b, 3: c } = step.value;
    let value;
    try {
      value = await (typeof call === 'function' ? call(a, b) : promises[call](a, b, c));
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(value);
  }
}

function cpSync(source, target, options) {
  options = check(options);
  const { 0: from, 1: to } = paths(source, target);
  runSync(copyTree(from, to, options));
}

async function cpPromise(source, target, options) {
  options = check(options);
  const { 0: from, 1: to } = paths(source, target);
  await run(copyTree(from, to, options));
}

function cp(source, target, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, 'cb');
  options = check(options);
  const { 0: from, 1: to } = paths(source, target);
  run(copyTree(from, to, options)).then(() => process.nextTick(callback, null), (error) => process.nextTick(callback, error));
}

module.exports = { cp, cpPromise, cpSync };
