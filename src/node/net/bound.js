// `net.BoundSocket`: an address taken before there is a server or a connection that uses it.
'use strict';

const { SymbolDispose } = primordials;
const native = binding('net');
const { nodeError, errnoException, exceptionWithHostPort } = binding('errors');

function bindTcp(options) {
  const { validatePort, validateBoolean, validateString } = binding('validators');
  const port = +(options.port ?? 0);
  validatePort(options.port ?? 0, 'options.port');
  const ipv6Only = options.ipv6Only ?? false;
  validateBoolean(ipv6Only, 'options.ipv6Only');
  const reusePort = options.reusePort ?? false;
  validateBoolean(reusePort, 'options.reusePort');
  let { host } = options;
  if (host == null) {
    host = ipv6Only ? '::' : '0.0.0.0';
  } else {
    validateString(host, 'options.host');
    if (!native.isIP(host)) {
      throw nodeError('ERR_INVALID_ARG_VALUE', 'options.host', host,
        'must be a numeric IP address; net.BoundSocket does not perform DNS resolution');
    }
  }
  const made = native.bindTcp(host, port, ipv6Only, reusePort);
  if (typeof made === 'number') throw exceptionWithHostPort(made, 'bind', host, port);
  return made;
}

function bindPipe(options) {
  const { path, host, port, ipv6Only, reusePort } = options;
  if (host !== undefined || port !== undefined || ipv6Only !== undefined || reusePort !== undefined) {
    throw nodeError('ERR_INVALID_ARG_VALUE', 'options', options,
      'path is mutually exclusive with host, port, ipv6Only, and reusePort');
  }
  binding('validators').validateString(path, 'options.path');
  if (path[0] === '\u0000' && require('process').platform !== 'linux') {
    throw nodeError('ERR_INVALID_ARG_VALUE', 'options.path', path,
      'abstract socket paths are only supported on Linux');
  }
  const made = native.bindPipe(path);
  if (typeof made === 'number') throw errnoException(made, 'bind');
  return made;
}

/** The native socket and its path, which are the caller's from here on; `undefined` for what is no BoundSocket. */
let take;

class BoundSocket {
  #socket;
  #path;
  #address;

  constructor(options = {}) {
    binding('validators').validateObject(options, 'options');
    this.#path = options.path;
    this.#socket = this.#path !== undefined ? bindPipe(options) : bindTcp(options);
    this.#address = this.#path ?? this.#socket.getsockname();
  }

  #own() {
    if (this.#socket === null) throw nodeError('ERR_SOCKET_HANDLE_ADOPTED');
    return this.#socket;
  }

  address() {
    this.#own();
    return this.#address;
  }

  fd() {
    return this.#own().fd;
  }

  close() {
    this.#own().close();
    this.#socket = null;
  }

  [SymbolDispose]() {
    if (this.#socket !== null) this.close();
  }

  get isPipe() {
    return this.#path !== undefined;
  }

  static {
    take = (value) => {
      if (value === null || typeof value !== 'object' || !(#socket in value)) return undefined;
      const socket = value.#own();
      value.#socket = null;
      return { socket, path: value.#path };
    };
  }
}

/** What opens a listener on `value`, if that is a BoundSocket. */
exports.listenOn = function listenOn(server, value, backlog) {
  const taken = take(value);
  if (taken === undefined) return undefined;
  const { socket, path } = taken;
  if (path !== undefined) server._pipeName = path;
  return () => socket.listen(server, backlog, path !== undefined);
};

/** A stream's handle that is going to connect from `value`, with its path, if that is a BoundSocket. */
exports.streamOf = function streamOf(value) {
  const taken = take(value);
  if (taken === undefined) return undefined;
  return { handle: taken.socket.toStream(taken.path !== undefined), path: taken.path };
};

exports.BoundSocket = BoundSocket;
