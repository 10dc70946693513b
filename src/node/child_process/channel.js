// The channel between a parent and a forked child: `send`, `'message'`, `disconnect`, on either side.
'use strict';

const { JSONParse, JSONStringify, ObjectDefineProperty, StringPrototypeStartsWith, Symbol } = primordials;
const EventEmitter = require('events');
const native = binding('child_process');
const { errnoException, nodeError } = binding('errors');
const { validateObject } = binding('validators');
const { nextTick } = binding('task_queue');

/** The sender is far ahead of the receiver from here on. */
const MANY_BYTES = 65536 * 2;
const kHandle = Symbol('kChannelHandle');
const kWaiting = Symbol('kPendingMessages');

/** `child.channel`, `process.channel`: keeps the process alive, or not. */
class Control extends EventEmitter {
  #handle;
  #users = 0;
  #explicit = false;

  constructor(handle) {
    super();
    this.#handle = handle;
    this[kWaiting] = [];
  }

  // While somebody listens or a message is on its way the channel counts, unless script has decided.
  refCounted() {
    if (++this.#users === 1 && !this.#explicit) this.#handle.ref();
  }
  unrefCounted() {
    if (--this.#users === 0 && !this.#explicit) {
      this.#handle.unref();
      this.emit('unref');
    }
  }
  ref() {
    this.#explicit = true;
    this.#handle.ref();
  }
  unref() {
    this.#explicit = true;
    this.#handle.unref();
  }
  hasRef() {
    return this.#handle.hasRef();
  }
  get fd() {
    return this.#handle.fd;
  }
  get writeQueueSize() {
    return this.#handle.writeQueueSize;
  }
}

const isInternal = (message) =>
  message !== null && typeof message === 'object' && typeof message.cmd === 'string' &&
  message.cmd.length > 5 && StringPrototypeStartsWith(message.cmd, 'NODE_');

function checkMessage(message) {
  if (message === undefined) throw nodeError('ERR_MISSING_ARGS', 'message');
  const type = typeof message;
  if (type !== 'string' && type !== 'object' && type !== 'number' && type !== 'boolean') {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'message', ['string', 'object', 'number', 'boolean'], message);
  }
}

/** Gives `target` (a ChildProcess, or `process`) its end. `closed` is called when the channel has come to its end. */
function begin(target, stream, mode, closed) {
  const advanced = mode === 'advanced' ? binding('v8') : undefined;
  const decode = advanced ? advanced.deserializeMessage : JSONParse;
  const encode = advanced ? advanced.serializeMessage : (message) => `${JSONStringify(message)}\n`;
  const handle = native.openChannel(stream, (messages, more) => {
    if (messages === undefined) atEnd();
    else receive(messages, more);
  }, advanced !== undefined);
  const control = new Control(handle);
  let buffering = false;

  function queue(message, attached) {
    if (target.channel) nextTick(deliver, isInternal(message) ? 'internalMessage' : 'message', message, attached);
  }

  function deliver(event, message, attached) {
    if (event === 'internalMessage' && StringPrototypeStartsWith(message.cmd, 'NODE_HANDLE')) {
      require('child_process/handles').receive(target, message, attached, queue);
    }
    if (event === 'internalMessage' || target.listenerCount('message') > 0) {
      target.emit(event, message, attached);
    } else {
      // The first listener gets what came before it.
      const waiting = target.channel?.[kWaiting];
      if (waiting) waiting[waiting.length] = [message, attached];
    }
  }

  function receive(messages, more) {
    buffering = more;
    for (let i = 0; i < messages.length; i++) {
      if (!target.channel) return;
      const message = decode(messages[i]);
      let attached;
      if (message?.cmd === 'NODE_HANDLE') {
        attached = StringPrototypeStartsWith(`${message.type}`, 'dgram') ? handle.takeDescriptor() : handle.takeHandle();
      }
      queue(message, attached);
    }
  }

  function atEnd() {
    buffering = false;
    target._handleQueue = null;
    if (target.channel) target._disconnect();
    handle.close();
    closed(target);
  }

  target.on('newListener', () => {
    nextTick(() => {
      const waiting = target.channel?.[kWaiting];
      if (!waiting || waiting.length === 0 || target.listenerCount('message') === 0) return;
      target.channel[kWaiting] = [];
      for (let i = 0; i < waiting.length; i++) target.emit('message', waiting[i][0], waiting[i][1]);
    });
  });

  const members = {
    channel: control,
    connected: true,
    _handleQueue: null,
    _pendingMessage: null,

    send(message, sendHandle, options, callback) {
      if (typeof sendHandle === 'function') {
        callback = sendHandle;
        sendHandle = options = undefined;
      } else if (typeof options === 'function') {
        callback = options;
        options = undefined;
      } else if (options !== undefined) {
        validateObject(options, 'options');
      }
      if (this.connected) return this._send(message, sendHandle, { swallowErrors: false, ...options }, callback);
      fail(nodeError('ERR_IPC_CHANNEL_CLOSED'), callback);
      return false;
    },

    _send(message, sendHandle, options, callback) {
      checkMessage(message);
      if (typeof options === 'boolean') options = { swallowErrors: options };
      options ??= {};
      let attached;
      const retried = sendHandle && message.cmd === 'NODE_HANDLE' && this._pendingMessage?.message === message;
      if (sendHandle || (this._handleQueue && !isAnswer(message))) {
        if (sendHandle) checkHandle(sendHandle);
        // One handle at a time, and nothing overtakes it.
        if (this._handleQueue) {
          this._handleQueue[this._handleQueue.length] = { callback, handle: sendHandle, options, message };
          return this._handleQueue.length === 1;
        }
        if (retried) attached = sendHandle;
        else ({ message, handle: attached } = require('child_process/handles').prepare(target, message, sendHandle, options));
      }
      const done = (failed) => {
        control.unrefCounted();
        if (typeof callback === 'function') callback(failed ? errnoException(failed, 'write') : null);
      };
      const errno = handle.write(encode(message), done, attached?.fd);
      if (errno < 0) {
        if (!options.swallowErrors) fail(errnoException(errno, 'write'), callback);
        return handle.writeQueueSize < MANY_BYTES;
      }
      if (attached && !retried) require('child_process/handles').sent(this, message, attached, options, callback);
      else if (retried) this._handleQueue = [];
      if (errno === 1) control.refCounted();
      else if (typeof callback === 'function') nextTick(callback, null);
      return handle.writeQueueSize < MANY_BYTES;
    },

    disconnect() {
      if (!this.connected) {
        this.emit('error', nodeError('ERR_IPC_DISCONNECTED'));
        return;
      }
      this.connected = false;
      // What waits for a handle to arrive is sent first.
      if (!this._handleQueue) this._disconnect();
    },

    _disconnect() {
      this.connected = false;
      this.channel = null;
      if (this._pendingMessage) require('child_process/handles').closePending(this);
      let finished = false;
      const finish = () => {
        if (finished) return;
        finished = true;
        handle.close();
        target.emit('disconnect');
      };
      // A message that has begun is waited for.
      if (buffering) {
        target.once('message', finish);
        target.once('internalMessage', finish);
        return;
      }
      nextTick(finish);
    },
  };

  function fail(err, callback) {
    if (typeof callback === 'function') nextTick(callback, err);
    else nextTick(() => target.emit('error', err));
  }

  for (const name in members) {
    ObjectDefineProperty(target, name, {
      __proto__: null, value: members[name], writable: true, enumerable: true, configurable: true,
    });
  }
  ObjectDefineProperty(target, kHandle, { __proto__: null, value: handle, writable: true, configurable: true });
  handle.readStart();
  return control;
}

function checkHandle(handle) {
  if (require('child_process/handles').typeOf(handle) === undefined) throw nodeError('ERR_INVALID_HANDLE_TYPE');
}

const isAnswer = (message) => message?.cmd === 'NODE_HANDLE_ACK' || message?.cmd === 'NODE_HANDLE_NACK';

exports.beginInParent = begin;

/** Called before the program runs, in a process that was forked. */
exports.beginInChild = function beginInChild(stream, mode) {
  const process = require('process');
  delete process.env.NODE_CHANNEL_FD;
  delete process.env.NODE_CHANNEL_SERIALIZATION_MODE;
  stream.unref();
  const control = begin(process, stream, mode, () => {});
  const counts = (event) => event === 'message' || event === 'disconnect';
  process.on('newListener', (event) => {
    if (counts(event)) control.refCounted();
  });
  process.on('removeListener', (event) => {
    if (counts(event)) control.unrefCounted();
  });
};
