// What asks name servers: questions go out over UDP sockets of the loop, one for each server, and once more over TCP where an
// answer was cut short. A question that nobody answers is asked again, the next server first, each round with
// twice the patience. Nothing of it takes a thread of the pool.
'use strict';

const { ArrayPrototypePush, SafeMap, SafeSet, StringPrototypeEndsWith, StringPrototypeToLowerCase } = primordials;
const { isIP } = binding('net');
const native = binding('dns');
const { toASCII } = binding('url');

const TYPES = {
  __proto__: null,
  queryA: 1, queryNs: 2, queryCname: 5, querySoa: 6, queryPtr: 12, queryMx: 15, queryTxt: 16, queryAaaa: 28, querySrv: 33,
  queryNaptr: 35, queryTlsa: 52, queryAny: 255, queryCaa: 257,
};
const DEFAULT_TIMEOUT = 2000;
const DEFAULT_PORT = 53;
const EINVAL = -22;

/** A question that is under way. */
class Question {
  constructor(channel, name, type, done) {
    const { getFrame } = binding('async_context');
    this.channel = channel;
    this.name = name;
    this.type = type;
    this.done = done;
    this.frame = getFrame();
    this.tried = 0;
    this.first = 0;
    this.code = 'ETIMEOUT';
    this.id = 0;
    this.line = undefined;
    this.bytes = undefined;
    this.timer = undefined;
    this.stream = undefined;
  }

  /** Lets go of what the question holds, and gives the answer. */
  end(code, records) {
    if (this.done === undefined) return;
    const { setFrame } = binding('async_context');
    const { channel, done } = this;
    this.done = undefined;
    this.stopWaiting();
    channel.forget(this);
    const before = setFrame(this.frame);
    try {
      done(code, records);
    } finally {
      setFrame(before);
    }
  }

  stopWaiting() {
    if (this.timer !== undefined) require('timers').clearTimeout(this.timer);
    this.timer = undefined;
    this.stream?.destroy();
    this.stream = undefined;
  }
}

/** A socket to one server, there as long as a question is open. */
class Line {
  constructor(channel, address, port) {
    this.channel = channel;
    this.address = address;
    this.port = port;
    const v6 = isIP(address) === 6;
    const dgram = binding('dgram');
    this.handle = dgram.makeHandle(this, v6, onDatagram);
    const local = v6 ? channel.local6 : channel.local4;
    let errno = this.handle.bind(local ?? (v6 ? '::' : '0.0.0.0'), 0, 0);
    if (errno === 0) errno = this.handle.connect(address, port);
    if (errno === 0) errno = this.handle.receiveStart();
    this.errno = errno;
  }

  close() {
    this.handle.close();
  }
}

function onDatagram(line, errno, message) {
  if (errno !== 0) line.channel.onLineError(line, errno);
  else if (message.length >= 12) line.channel.onMessage(message, line);
}

/** `new ChannelWrap(timeout, tries, maxTimeout)`, in milliseconds; a timeout below 1 is the system's. */
class ChannelWrap {
  // Fields that `inspect` doesn't show: programs print their resolvers.
  #servers;
  #timeout;
  #tries;
  #maxTimeout;
  #rotate = false;
  #next = 0;
  #open = new SafeSet();
  #byId = new SafeMap();
  #lines = new SafeMap();
  #local4;
  #local6;

  constructor(timeout, tries, maxTimeout) {
    const [servers, seconds, rotate] = native.systemServers();
    this.#servers = [];
    for (let i = 0; i < servers.length; i++) this.#servers[i] = [servers[i], DEFAULT_PORT];
    this.#timeout = timeout > 0 ? timeout : seconds * 1000 || DEFAULT_TIMEOUT;
    this.#tries = tries;
    this.#maxTimeout = maxTimeout;
    this.#rotate = rotate;
  }

  get local4() {
    return this.#local4;
  }

  get local6() {
    return this.#local6;
  }

  /** `[[address, port], …]` */
  getServers() {
    const list = [];
    for (let i = 0; i < this.#servers.length; i++) {
      const [address, port] = this.#servers[i];
      list[i] = [address, port === DEFAULT_PORT ? 0 : port];
    }
    return list;
  }

  /** Takes `[[family, address, port], …]`. What is under way is asked of the new ones when it is asked again. */
  setServers(list) {
    const servers = [];
    for (let i = 0; i < list.length; i++) servers[i] = [list[i][1], list[i][2] || DEFAULT_PORT];
    this.#servers = servers;
    this.#next = 0;
  }

  get busy() {
    return this.#open.size > 0;
  }

  /** Where questions are sent from, by family. */
  setLocalAddress(first, second) {
    const { nodeError } = binding('errors');
    const families = [isIP(first), second === undefined ? undefined : isIP(second)];
    if (families[0] === 0 || families[1] === 0) throw invalid('Invalid IP address.');
    if (families[0] === families[1]) throw invalid(`Cannot specify two IPv${families[0]} addresses.`);
    this.#local4 = families[0] === 4 ? first : second;
    this.#local6 = families[0] === 6 ? first : second;
    function invalid(message) {
      const error = nodeError('ERR_INVALID_ARG_VALUE', 'address', first);
      error.message = message;
      return error;
    }
  }

  /** Ends all that is under way. */
  cancel() {
    const { setImmediate } = require('timers');
    const open = [];
    this.#open.forEach((question) => ArrayPrototypePush(open, question));
    for (let i = 0; i < open.length; i++) {
      const question = open[i];
      question.stopWaiting();
      // So that no answer that comes before that is taken for it.
      this.#byId.delete(question.id);
      setImmediate(() => question.end('ECANCELLED'));
    }
  }

  /** Asks for the names of an address: the list of hosts first. */
  getHostByAddr(request, address) {
    if (isIP(address) === 0) return EINVAL;
    const question = new Question(this, native.reverseName(address), TYPES.queryPtr, (code, records) => {
      // Wherever it was looked for, it wasn't found.
      request.oncomplete(code === undefined || code === 'ECANCELLED' ? code ?? null : 'ENOTFOUND', records);
    });
    this.#open.add(question);
    native.hostsOf(address, (names) => {
      if (question.done === undefined) return;
      if (names.length > 0) question.end(undefined, names);
      else this.#start(question);
    });
    return 0;
  }

  /** Asks; `request.oncomplete(code, records)`. */
  query(method, request, name) {
    const ascii = toASCII(name);
    const question = new Question(this, ascii, TYPES[method], (code, records) => {
      request.oncomplete(code ?? null, records);
    });
    this.#open.add(question);
    const lower = StringPrototypeToLowerCase(ascii);
    // RFC 7686: nobody is asked for these.
    const isOnion = StringPrototypeEndsWith(lower, '.onion') || StringPrototypeEndsWith(lower, '.onion.');
    if (isOnion) this.#later(question, 'ENOTFOUND');
    else this.#start(question);
    return 0;
  }

  #later(question, code) {
    require('timers').setImmediate(() => question.end(code));
  }

  #start(question) {
    let encoded;
    do {
      encoded = native.encodeQuery(question.name, question.type);
      if (encoded === undefined) {
        this.#later(question, 'EBADNAME');
        return;
      }
    } while (this.#byId.has(encoded[0]));
    question.id = encoded[0];
    question.bytes = encoded[1];
    this.#byId.set(question.id, question);
    question.first = this.#next;
    if (this.#rotate && this.#servers.length > 0) this.#next = (this.#next + 1) % this.#servers.length;
    // Node knows no name for this one of c-ares.
    if (this.#servers.length === 0) this.#later(question, 'UNKNOWN_ARES_ERROR');
    else this.#send(question);
  }

  /** One try, at the server whose turn it is; what it hasn't answered in time goes to the next. */
  #send(question) {
    const count = this.#servers.length;
    if (count === 0 || question.tried >= this.#tries * count) {
      this.#later(question, question.code);
      return;
    }
    const [address, port] = this.#servers[(question.first + question.tried) % count];
    const round = (question.tried / count) | 0;
    let patience = this.#timeout * 2 ** round;
    if (this.#maxTimeout > 0 && patience > this.#maxTimeout) patience = this.#maxTimeout;
    question.tried++;
    question.stopWaiting();
    const line = this.#lineTo(address, port);
    question.line = line;
    const sent = line.errno === 0 ? line.handle.send([question.bytes], undefined, undefined, undefined) : line.errno;
    if (sent < 0) {
      question.code = 'ECONNREFUSED';
      require('timers').setImmediate(() => {
        if (question.done !== undefined) this.#send(question);
      });
      return;
    }
    question.timer = require('timers').setTimeout(() => {
      question.timer = undefined;
      question.code = 'ETIMEOUT';
      this.#send(question);
    }, patience);
    // The socket says by itself whether the loop has something to wait for.
    question.timer.unref();
  }

  #lineTo(address, port) {
    const key = `${address} ${port}`;
    let line = this.#lines.get(key);
    if (line === undefined) {
      line = new Line(this, address, port);
      this.#lines.set(key, line);
    }
    return line;
  }

  onLineError(line, errno) {
    // Nobody is there. Whoever waits for this server asks the next.
    const waiting = [];
    this.#byId.forEach((question) => {
      if (question.line === line && question.timer !== undefined) ArrayPrototypePush(waiting, question);
    });
    for (let i = 0; i < waiting.length; i++) {
      waiting[i].code = binding('errors').errname(errno) === 'ETIMEDOUT' ? 'ETIMEOUT' : 'ECONNREFUSED';
      this.#send(waiting[i]);
    }
  }

  /** A message of a server; what is no answer to an open question is dropped. */
  onMessage(bytes, line) {
    const question = this.#byId.get((bytes[0] << 8) | bytes[1]);
    if (question === undefined || question.line !== line) return;
    const answer = native.decodeAnswer(bytes, question.id, question.name, question.type);
    if (answer === undefined) return;
    if (answer === null) {
      question.code = 'EBADRESP';
      this.#send(question);
      return;
    }
    const [code, truncated, records] = answer;
    if (truncated && question.stream === undefined) this.#askAgain(question, line);
    else question.end(code, records);
  }

  /** The same question over TCP, where answers may be long. The time for it goes on. */
  #askAgain(question, line) {
    const net = require('net');
    const { Buffer } = require('buffer');
    const localAddress = isIP(line.address) === 6 ? this.#local6 : this.#local4;
    const stream = net.connect({ host: line.address, port: line.port, localAddress });
    question.stream = stream;
    const head = Buffer.allocUnsafe(2);
    head.writeUInt16BE(question.bytes.length, 0);
    stream.write(head);
    stream.write(question.bytes);
    let received = Buffer.alloc(0);
    stream.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2) {
        const length = received.readUInt16BE(0);
        if (received.length < 2 + length) return;
        const message = received.subarray(2, 2 + length);
        received = received.subarray(2 + length);
        this.onMessage(message, line);
        if (question.stream !== stream) return;
      }
    });
    const failed = () => {
      if (question.stream !== stream || question.done === undefined) return;
      question.code = 'ECONNREFUSED';
      this.#send(question);
    };
    stream.on('error', failed);
    stream.on('close', failed);
  }

  /** A question has ended; with the last the sockets go. */
  forget(question) {
    this.#open.delete(question);
    if (this.#byId.get(question.id) === question) this.#byId.delete(question.id);
    if (this.#open.size > 0) return;
    this.#lines.forEach((line) => line.close());
    this.#lines = new SafeMap();
  }
}

const METHODS = ['queryAny', 'queryA', 'queryAaaa', 'queryCaa', 'queryCname', 'queryMx', 'queryNs', 'queryTlsa', 'queryTxt',
  'querySrv', 'queryPtr', 'queryNaptr', 'querySoa'];
for (let i = 0; i < METHODS.length; i++) {
  const method = METHODS[i];
  ChannelWrap.prototype[method] = function(request, name) {
    return this.query(method, request, name);
  };
}

module.exports = ChannelWrap;
