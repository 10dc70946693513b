// `child_process`: its functions, each on top of `spawn` or `spawnSync`.
'use strict';

const {
  ArrayIsArray, ArrayPrototypeIncludes, ArrayPrototypeJoin, ArrayPrototypeSlice,
  ObjectAssign, ObjectDefineProperty, Promise, ReflectApply, StringPrototypeSlice,
  SymbolDispose, SymbolFor,
} = primordials;
const { errname, genericNodeError, nodeError } = binding('errors');
const {
  validateAbortSignal, validateFunction, validateObject, validateString,
} = binding('validators');
const { nextTick } = binding('task_queue');
const {
  killSignalOf, normalizeSpawn, rejectNul, stdioOf, validatePath, validateTimeout,
} = require('child_process/options');
const { ChildProcess } = require('child_process/child');

const MAX_BUFFER = 1024 * 1024;

/** Starts a program. */
function spawn(file, args, options) {
  options = normalizeSpawn(file, args, options);
  const { signal, timeout } = options;
  validateTimeout(timeout);
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
  const killSignal = killSignalOf(options.killSignal);
  const child = new ChildProcess();
  child.spawn(options);
  if (timeout > 0) killAfter(child, timeout, killSignal);
  if (signal) {
    const abort = () => abortChild(child, killSignal, signal.reason);
    if (signal.aborted) {
      nextTick(abort);
    } else {
      const listening = require('events').addAbortListener(signal, abort);
      child.once('exit', listening[SymbolDispose]);
    }
  }
  return child;
}

function killAfter(child, timeout, killSignal) {
  const { setTimeout, clearTimeout } = require('timers');
  const timer = setTimeout(() => {
    try {
      child.kill(killSignal);
    } catch (err) {
      child.emit('error', err);
    }
  }, timeout);
  child.once('exit', () => clearTimeout(timer));
}

function abortChild(child, killSignal, cause) {
  try {
    if (child.kill(killSignal)) {
      const { AbortError } = require('errors');
      child.emit('error', new AbortError(undefined, { cause }));
    }
  } catch (err) {
    child.emit('error', err);
  }
}

// The arguments that `execFile` and `execFileSync` share.
function normalizeExecFile(file, args, options, callback) {
  if (ArrayIsArray(args)) {
    args = ArrayPrototypeSlice(args);
  } else if (args !== null && typeof args === 'object') {
    callback = options;
    options = args;
    args = [];
  } else if (typeof args === 'function') {
    callback = args;
    options = undefined;
    args = [];
  }
  args ??= [];
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  } else if (options != null) {
    validateObject(options, 'options');
  }
  options ??= { __proto__: null };
  if (callback != null) validateFunction(callback, 'callback');
  if (options.argv0 != null) {
    validateString(options.argv0, 'options.argv0');
    rejectNul(options.argv0, 'options.argv0');
  }
  return { file, args, options, callback };
}

function normalizeExec(command, options, callback) {
  validateString(command, 'command');
  rejectNul(command, 'command');
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  options = { __proto__: null, ...options };
  options.shell = typeof options.shell === 'string' ? options.shell : true;
  return { file: command, options, callback };
}

/** Runs a command in a shell and gathers what it prints. */
function exec(command, options, callback) {
  const normal = normalizeExec(command, options, callback);
  return execFile(normal.file, normal.options, normal.callback);
}

/** Runs a program and gathers what it prints. */
function execFile(file, args, options, callback) {
  ({ file, args, options, callback } = normalizeExecFile(file, args, options, callback));
  options = {
    __proto__: null,
    encoding: 'utf8',
    timeout: 0,
    maxBuffer: MAX_BUFFER,
    killSignal: 'SIGTERM',
    cwd: null,
    env: null,
    shell: false,
    ...options,
  };
  validateTimeout(options.timeout);
  validateMaxBuffer(options.maxBuffer);
  options.killSignal = killSignalOf(options.killSignal);
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    gid: options.gid,
    shell: options.shell,
    signal: options.signal,
    uid: options.uid,
    windowsHide: !!options.windowsHide,
    windowsVerbatimArguments: !!options.windowsVerbatimArguments,
  });
  gather(child, file, args, options, callback);
  return child;
}

function validateMaxBuffer(maxBuffer) {
  if (maxBuffer != null && !(typeof maxBuffer === 'number' && maxBuffer >= 0)) {
    throw nodeError('ERR_OUT_OF_RANGE', 'options.maxBuffer', 'a positive number', maxBuffer);
  }
}

// Collects the output of a child for a callback, and stops it when there is too much or it takes too long.
function gather(child, file, args, options, callback) {
  const { Buffer } = require('buffer');
  const { encoding: wanted } = options;
  const encoding = wanted !== 'buffer' && Buffer.isEncoding(wanted) ? wanted : null;
  const output = { __proto__: null, stdout: [], stderr: [] };
  let error = null;
  let killed = false;
  let exited = false;
  let timer = null;

  function text(name) {
    const chunks = output[name];
    if (encoding || child[name]?.readableEncoding) return ArrayPrototypeJoin(chunks, '');
    return Buffer.concat(chunks);
  }

  function done(code, signal) {
    if (exited) return;
    exited = true;
    if (timer !== null) {
      require('timers').clearTimeout(timer);
      timer = null;
    }
    if (!callback) return;
    const stdout = text('stdout');
    const stderr = text('stderr');
    if (error === null && code === 0 && signal === null) {
      callback(null, stdout, stderr);
      return;
    }
    const cmd = args.length > 0 ? `${file} ${ArrayPrototypeJoin(args, ' ')}` : file;
    error ??= genericNodeError(`Command failed: ${cmd}\n${stderr}`, {
      code: code < 0 ? errname(code) : code,
      killed: child.killed || killed,
      signal,
    });
    error.cmd = cmd;
    callback(error, stdout, stderr);
  }

  function failed(err) {
    error = err;
    child.stdout?.destroy();
    child.stderr?.destroy();
    done();
  }

  function kill() {
    child.stdout?.destroy();
    child.stderr?.destroy();
    killed = true;
    try {
      child.kill(options.killSignal);
    } catch (err) {
      error ??= err;
      done();
    }
  }

  if (options.timeout > 0) {
    timer = require('timers').setTimeout(() => {
      timer = null;
      kill();
    }, options.timeout);
  }
  collect('stdout');
  collect('stderr');
  child.addListener('close', done);
  child.addListener('error', failed);

  function collect(name) {
    const stream = child[name];
    if (!stream) return;
    if (encoding) stream.setEncoding(encoding);
    const chunks = output[name];
    const { maxBuffer } = options;
    let length = 0;
    stream.on('data', (chunk) => {
      if (maxBuffer === Infinity) {
        chunks[chunks.length] = chunk;
        return;
      }
      const as = stream.readableEncoding;
      const size = as ? Buffer.byteLength(chunk, as) : chunk.length;
      const room = maxBuffer - length;
      length += size;
      if (length <= maxBuffer) {
        chunks[chunks.length] = chunk;
        return;
      }
      chunks[chunks.length] = as ? StringPrototypeSlice(chunk, 0, room) : chunk.subarray(0, room);
      error = nodeError('ERR_CHILD_PROCESS_STDIO_MAXBUFFER', name);
      kill();
    });
  }
}

// What `util.promisify` makes of `exec` and `execFile`: the promise has the child, and both outputs come together.
function promisified(original) {
  return function(...args) {
    let resolve;
    let reject;
    const promise = new Promise((yes, no) => {
      resolve = yes;
      reject = no;
    });
    args[args.length] = (err, stdout, stderr) => {
      if (err !== null) {
        err.stdout = stdout;
        err.stderr = stderr;
        reject(err);
      } else {
        resolve({ stdout, stderr });
      }
    };
    promise.child = ReflectApply(original, undefined, args);
    return promise;
  };
}

for (let i = 0, both = [exec, execFile]; i < both.length; i++) {
  ObjectDefineProperty(both[i], SymbolFor('nodejs.util.promisify.custom'), {
    __proto__: null, enumerable: false, value: promisified(both[i]),
  });
}

/** Runs a module in another process of this program, with a channel between the two. */
function fork(modulePath, args = [], options) {
  modulePath = validatePath(modulePath, 'modulePath');
  if (ArrayIsArray(args)) {
    args = ArrayPrototypeSlice(args);
  } else if (args == null) {
    args = [];
  } else if (typeof args === 'object') {
    options = args;
    args = [];
  } else {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'args', 'Array', args);
  }
  if (options != null) validateObject(options, 'options');
  options = { __proto__: null, ...options, shell: false };
  const process = require('process');
  options.execPath ||= process.execPath;
  rejectNul(options.execPath, 'options.execPath');
  const execArgv = options.execArgv || forkArgv(process);
  const all = [];
  append(all, execArgv);
  all[all.length] = modulePath;
  append(all, args);
  const { stdio } = options;
  if (typeof stdio === 'string') {
    options.stdio = stdioOf(stdio, 'ipc');
  } else if (!stdio) {
    options.stdio = stdioOf(options.silent ? 'pipe' : 'inherit', 'ipc');
  } else if (!ArrayPrototypeIncludes(stdio, 'ipc')) {
    throw nodeError('ERR_CHILD_PROCESS_IPC_REQUIRED', 'options.stdio');
  }
  return spawn(options.execPath, all, options);
}

// Our own options, but not the program that `-e` gave.
function forkArgv(process) {
  const { execArgv } = process;
  const evaluated = process._eval;
  if (evaluated == null) return execArgv;
  const kept = [];
  for (let i = 0; i < execArgv.length; i++) {
    if (execArgv[i + 1] === evaluated) i++;
    else kept[kept.length] = execArgv[i];
  }
  return kept;
}

function append(list, values) {
  for (let i = 0; i < values.length; i++) list[list.length] = values[i];
}

/** Starts a program and waits until it has ended. */
function spawnSync(file, args, options) {
  options = { __proto__: null, maxBuffer: MAX_BUFFER, ...normalizeSpawn(file, args, options) };
  validateTimeout(options.timeout);
  validateMaxBuffer(options.maxBuffer);
  options.killSignal = killSignalOf(options.killSignal);
  return require('child_process/sync').spawnSync(options);
}

/** Runs a program, waits until it has ended, and returns what it printed. */
function execFileSync(file, args, options) {
  ({ file, args, options } = normalizeExecFile(file, args, options));
  const result = spawnSync(file, args, options);
  const names = [options.argv0 || file];
  append(names, args);
  return checked(result, !options.stdio, names);
}

/** Runs a command in a shell, waits until it has ended, and returns what it printed. */
function execSync(command, options) {
  const normal = normalizeExec(command, options);
  const result = spawnSync(normal.file, normal.options);
  return checked(result, !normal.options.stdio, undefined, command);
}

function checked(result, showErrors, args, command) {
  const { error, status, stderr, stdout } = result;
  if (showErrors && stderr) require('process').stderr.write(stderr);
  if (error) throw ObjectAssign(error, result);
  if (status !== 0) {
    let message = `Command failed: ${command || ArrayPrototypeJoin(args, ' ')}`;
    if (stderr?.length > 0) message += `\n${stderr.toString()}`;
    throw genericNodeError(message, result);
  }
  return stdout;
}

/** Makes the channel that a parent has left open on a descriptor that of this process. */
function _forkChild(fd, mode) {
  const stream = binding('net').openFd({}, fd);
  require('child_process/channel').beginInChild(stream, mode);
}

module.exports = {
  _forkChild,
  ChildProcess,
  exec,
  execFile,
  execFileSync,
  execSync,
  fork,
  spawn,
  spawnSync,
};
