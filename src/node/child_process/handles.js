// Sockets and servers that travel between a parent and a forked child, one at a time: each is acknowledged before the next
// is sent. Both sides keep count of the sockets of a server, so that it can tell how many there are and when all are closed.
'use strict';

const { ArrayPrototypeIndexOf, ArrayPrototypeSplice, ObjectDefineProperty, Symbol } = primordials;
const EventEmitter = require('events');
const { nodeError } = binding('errors');
const { nextTick } = binding('task_queue');

/** How often a handle that got lost on its way is sent again. */
const MAX_RETRANSMISSIONS = 3;
const kLists = Symbol('socketLists');

const isRaw = (value) =>
  value !== null && typeof value === 'object' && typeof value.fd === 'number' &&
  typeof value.close === 'function' && typeof value.getsockname === 'function';

/** What the protocol calls a handle; `undefined` for what can't be sent. */
exports.typeOf = function typeOf(value) {
  const net = require('net');
  if (value instanceof net.Socket) return 'net.Socket';
  if (value instanceof net.Server) return 'net.Server';
  if (isRaw(value)) return 'net.Native';
  return value instanceof require('dgram').Socket ? 'dgram.Socket' : undefined;
};

/** What to send for a handle: `{ message, handle }`, where the handle is open on a descriptor. */
exports.prepare = function prepare(target, message, sent, options) {
  const wrapped = { cmd: 'NODE_HANDLE', type: exports.typeOf(sent), msg: message };
  let handle = sent;
  if (wrapped.type === 'dgram.Socket') {
    wrapped.dgramType = sent.type;
    handle = sent[require('dgram/state').kState].handle;
  } else if (wrapped.type !== 'net.Native') {
    handle = sent._handle;
    if (handle && wrapped.type === 'net.Socket') letGo(target, sent, wrapped, options);
  }
  // Closed already: only the message goes.
  return handle ? { message: wrapped, handle } : { message, handle: undefined };
};

// The socket is the other side's from here on, unless it is to stay open.
function letGo(target, socket, message, options) {
  const { server } = socket;
  if (server) {
    message.key = server._connectionKey;
    const lists = listsOf(target).send;
    let list = lists[message.key];
    if (list === undefined) {
      list = lists[message.key] = new Remote(target, message.key);
      server._usingWorkers = true;
      server._workers[server._workers.length] = list;
      list.once('exit', () => {
        const at = ArrayPrototypeIndexOf(server._workers, list);
        if (at >= 0) ArrayPrototypeSplice(server._workers, at, 1);
      });
    }
    if (!options.keepOpen) server._connections--;
  }
  if (!options.keepOpen) {
    const handle = socket._handle;
    handle.readStop();
    handle.attach(undefined);
    socket._handle = null;
    socket.setTimeout(0);
  }
}

/** After a handle has been sent: what isn't sent again can't be closed before the other side has it. */
exports.sent = function sent(target, message, handle, options, callback) {
  target._handleQueue ??= [];
  if (message.type === 'net.Socket' && !options.keepOpen) {
    target._pendingMessage = { callback, message, handle, options, retransmissions: 0 };
  }
};

/** Messages of this protocol. `deliver` takes the one that a handle came with. */
exports.receive = function receive(target, message, handle, deliver) {
  if (message.cmd === 'NODE_HANDLE') {
    if (handle === undefined) {
      target._send({ cmd: 'NODE_HANDLE_NACK' }, null, true);
      return;
    }
    target._send({ cmd: 'NODE_HANDLE_ACK' }, null, true);
    unwrap(target, message, handle, deliver);
    return;
  }
  const pending = target._pendingMessage;
  if (pending) {
    if (message.cmd === 'NODE_HANDLE_ACK') {
      exports.closePending(target);
    } else if (pending.retransmissions++ === MAX_RETRANSMISSIONS) {
      exports.closePending(target);
      require('process').emitWarning('Handle did not reach the receiving process correctly', 'SentHandleNotReceivedWarning');
    }
  }
  const queue = target._handleQueue ?? [];
  target._handleQueue = null;
  const again = target._pendingMessage;
  if (again) target._send(again.message, again.handle, again.options, again.callback);
  for (let i = 0; i < queue.length; i++) {
    const entry = queue[i];
    target._send(entry.message, entry.handle, entry.options, entry.callback);
  }
  if (!target.connected && target.channel && !target._handleQueue) target._disconnect();
};

exports.closePending = function closePending(target) {
  target._pendingMessage.handle.close();
  target._pendingMessage = null;
};

function unwrap(target, message, handle, deliver) {
  const net = require('net');
  const { key, msg, type } = message;
  if (type === 'net.Socket') {
    const socket = new net.Socket({ handle, readable: true, writable: true });
    if (key) {
      const lists = listsOf(target).got;
      lists[key] ??= new Local(target, key);
      lists[key].add(socket);
    }
    deliver(msg, socket);
  } else if (type === 'net.Server') {
    const server = new net.Server();
    server.listen(handle, () => deliver(msg, server));
  } else if (type === 'net.Native') {
    deliver(msg, handle);
  } else if (type === 'dgram.Socket') {
    const socket = require('dgram').createSocket(message.dgramType);
    socket.bind({ fd: handle, exclusive: true }, () => deliver(msg, socket));
  } else {
    handle.close?.();
    throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', `receiving a handle of type ${type}`);
  }
}

function listsOf(target) {
  if (target[kLists] === undefined) {
    ObjectDefineProperty(target, kLists, {
      __proto__: null, value: { got: { __proto__: null }, send: { __proto__: null } },
    });
  }
  return target[kLists];
}

/** The sockets of a server that a child has. */
class Remote extends EventEmitter {
  constructor(child, key) {
    super();
    this.child = child;
    this.key = key;
    child.once('exit', () => this.emit('exit', this));
  }

  #ask(question, answer, swallowErrors, callback) {
    const { child, key } = this;
    if (!child.connected) {
      callback(nodeError('ERR_CHILD_CLOSED_BEFORE_REPLY'));
      return;
    }
    const onReply = (message) => {
      if (message.cmd !== answer || message.key !== key) return;
      child.removeListener('disconnect', onEnd);
      child.removeListener('internalMessage', onReply);
      callback(null, message);
    };
    const onEnd = () => {
      child.removeListener('internalMessage', onReply);
      callback(nodeError('ERR_CHILD_CLOSED_BEFORE_REPLY'));
    };
    child.once('disconnect', onEnd);
    child.on('internalMessage', onReply);
    child._send({ cmd: question, key }, undefined, swallowErrors);
  }

  close(callback) {
    this.#ask('NODE_SOCKET_NOTIFY_CLOSE', 'NODE_SOCKET_ALL_CLOSED', true, callback);
  }

  getConnections(callback) {
    this.#ask('NODE_SOCKET_GET_COUNT', 'NODE_SOCKET_COUNT', false, (err, message) => {
      if (err) callback(err);
      else callback(null, message.count);
    });
  }
}

/** The sockets of a parent's server that this process has. */
class Local extends EventEmitter {
  constructor(target, key) {
    super();
    this.connections = 0;
    const allClosed = () => {
      if (target.connected) target._send({ cmd: 'NODE_SOCKET_ALL_CLOSED', key }, undefined, true);
    };
    target.on('internalMessage', (message) => {
      if (message.key !== key) return;
      if (message.cmd === 'NODE_SOCKET_NOTIFY_CLOSE') {
        if (this.connections === 0) allClosed();
        else this.once('empty', allClosed);
      } else if (message.cmd === 'NODE_SOCKET_GET_COUNT' && target.connected) {
        target._send({ cmd: 'NODE_SOCKET_COUNT', key, count: this.connections });
      }
    });
  }

  add(socket) {
    this.connections++;
    socket.once('close', () => {
      if (--this.connections === 0) this.emit('empty');
    });
  }
}

/** `server.getConnections` of a server whose sockets are in several processes. */
exports.countConnections = function countConnections(server, callback) {
  const workers = server._workers;
  let left = workers.length;
  let total = server._connections;
  const finish = (err) => {
    left = -1;
    nextTick(callback, err, err ? undefined : total);
  };
  if (left === 0) {
    finish(null);
    return;
  }
  for (let i = 0; i < workers.length; i++) {
    workers[i].getConnections((err, count) => {
      if (left < 0) return;
      if (err) {
        finish(err);
        return;
      }
      total += count;
      if (--left === 0) finish(null);
    });
  }
};

/** `server.close` waits for the sockets in other processes too. */
exports.closeWorkers = function closeWorkers(server) {
  const workers = server._workers;
  let left = workers.length;
  if (left === 0) {
    server._emitCloseIfDrained();
    return;
  }
  // One more, so that it isn't closed before all have answered.
  server._connections++;
  const onClose = () => {
    if (--left !== 0) return;
    server._connections--;
    server._emitCloseIfDrained();
  };
  for (let i = 0; i < workers.length; i++) workers[i].close(onClose);
};
