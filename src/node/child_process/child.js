// `ChildProcess`: a child while it runs, its streams, and the order of its last events.
'use strict';

const {
  ArrayPrototypeSlice, FunctionPrototypeCall, ObjectDefineProperty, ObjectSetPrototypeOf, SymbolDispose,
} = primordials;
const EventEmitter = require('events');
const native = binding('child_process');
const { errname, errnoException } = binding('errors');
const { validateArray, validateObject, validateOneOf, validateString } = binding('validators');
const { nextTick } = binding('task_queue');
const { signalNumber, validStdio } = require('child_process/options');

const ESRCH = -3;

function ChildProcess() {
  FunctionPrototypeCall(EventEmitter, this);
  this._closesNeeded = 1;
  this._closesGot = 0;
  this.connected = false;
  this.signalCode = null;
  this.exitCode = null;
  this.killed = false;
  this.spawnfile = null;
  this._handle = null;
}
ChildProcess.prototype = { __proto__: EventEmitter.prototype };
ObjectSetPrototypeOf(ChildProcess, EventEmitter);

function method(name, value) {
  ObjectDefineProperty(ChildProcess.prototype, name, { __proto__: null, value, writable: true, configurable: true });
}
method('constructor', ChildProcess);

// Errors that a child reports instead of its end; others are thrown on the spot.
function isReported(name) {
  return name === 'ENOENT' || name === 'EACCES' || name === 'EAGAIN' || name === 'EMFILE' || name === 'ENFILE';
}

ChildProcess.prototype.spawn = function spawn(options) {
  validateObject(options, 'options');
  validateOneOf(options.serialization, 'options.serialization', [undefined, 'json', 'advanced']);
  const serialization = options.serialization || 'json';
  const { ipcFd, stdio } = validStdio(options.stdio || 'pipe', false);
  options.stdio = stdio;
  if (ipcFd !== -1) {
    if (options.envPairs === undefined) options.envPairs = [];
    else validateArray(options.envPairs, 'options.envPairs');
    options.envPairs[options.envPairs.length] = `NODE_CHANNEL_FD=${ipcFd}`;
    options.envPairs[options.envPairs.length] = `NODE_CHANNEL_SERIALIZATION_MODE=${serialization}`;
  }
  validateString(options.file, 'options.file');
  this.spawnfile = options.file;
  if (options.args === undefined) {
    this.spawnargs = [];
  } else {
    validateArray(options.args, 'options.args');
    this.spawnargs = options.args;
  }

  if (binding('async_context').channels() & 32) {
    require('diagnostics_channel/told').publish('child_process', { process: this, options });
  }
  const { errno, handle, stdio: streams } = native.spawn((code, signal) => ended(this, code, signal), options);
  if (errno !== 0) {
    const name = errname(errno);
    if (!isReported(name)) {
      closeAll(streams);
      throw errnoException(errno, 'spawn');
    }
    nextTick(ended, this, errno, null);
    // The system is at its limits: streams would be of no use.
    if (name === 'EMFILE' || name === 'ENFILE') {
      closeAll(streams);
      this.stdin = this.stdout = this.stderr = null;
      this.stdio = [null, null, null];
      return errno;
    }
  } else {
    this._handle = handle;
    this.pid = handle.pid;
    nextTick(emitSpawn, this);
  }

  const sockets = [];
  let channel;
  for (let i = 0; i < stdio.length; i++) {
    sockets[i] = null;
    const entry = stdio[i];
    if (entry.ipc) {
      this._closesNeeded++;
      channel = streams[i];
    } else if (entry.type === 'wrap') {
      lend(entry);
    } else if (streams[i] !== undefined) {
      const socket = makeSocket(streams[i], i > 0);
      sockets[i] = socket;
      // What the child reads says nothing of its end.
      if (i > 0) {
        this._closesNeeded++;
        socket.on('close', () => maybeClose(this));
      }
    }
  }
  this.stdin = sockets[0];
  this.stdout = sockets[1];
  this.stderr = sockets[2];
  this.stdio = sockets;
  if (channel !== undefined) require('child_process/channel').beginInParent(this, channel, serialization, maybeClose);
  return errno;
};

function closeAll(streams) {
  for (let i = 0; i < streams.length; i++) streams[i]?.close();
}

function makeSocket(handle, readable) {
  const { Socket } = require('net');
  return new Socket({ handle, readable });
}

// A stream of ours that the child reads or writes from here on: two readers would take each other's bytes.
function lend({ handle, stream }) {
  handle.reading = false;
  handle.readStop?.();
  if (typeof stream?.pause !== 'function') return;
  stream.pause();
  stream.readableFlowing = false;
  if (stream._readableState) stream._readableState.reading = false;
  stream._isLentToChild = true;
}

function emitSpawn(child) {
  child.emit('spawn');
}

function ended(child, code, signal) {
  if (signal) child.signalCode = signal;
  else child.exitCode = code;
  child.stdin?.destroy();
  child._handle = null;
  if (code < 0) {
    const file = child.spawnfile;
    const err = errnoException(code, file ? `spawn ${file}` : 'spawn');
    if (file) err.path = file;
    err.spawnargs = ArrayPrototypeSlice(child.spawnargs, 1);
    child.emit('error', err);
  } else {
    child.emit('exit', child.exitCode, child.signalCode);
  }
  // Listeners of the exit may still want what is in the pipes; what nobody reads would keep them open.
  nextTick(flush, child);
  maybeClose(child);
}

function flush(child) {
  const { stdio } = child;
  if (stdio == null) return;
  for (let i = 0; i < stdio.length; i++) {
    const stream = stdio[i];
    if (stream?.readable && !stream._isLentToChild) stream.resume();
  }
}

function maybeClose(child) {
  child._closesGot++;
  if (child._closesGot === child._closesNeeded) child.emit('close', child.exitCode, child.signalCode);
}

ChildProcess.prototype.kill = function kill(signal) {
  const number = signal === 0 ? 0 : signalNumber(signal === undefined ? 'SIGTERM' : signal);
  if (!this._handle) return false;
  const errno = this._handle.kill(number);
  if (errno === 0) {
    this.killed = true;
    return true;
  }
  if (errno !== ESRCH) {
    const err = errnoException(errno, 'kill');
    const name = errname(errno);
    if (name === 'EINVAL' || name === 'ENOSYS') throw err;
    this.emit('error', err);
  }
  return false;
};

ChildProcess.prototype[SymbolDispose] = function() {
  if (!this.killed) this.kill();
};

ChildProcess.prototype.ref = function ref() {
  this._handle?.ref();
};

ChildProcess.prototype.unref = function unref() {
  this._handle?.unref();
};

module.exports = { ChildProcess };
