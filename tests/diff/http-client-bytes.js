'use strict';

// What arrives on an agent's socket goes to the parser of its request; whoever else looks at the chunks gets them as before.

const http = require('http');
const net = require('net');

const answers = {
  '/plain': ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain'],
  '/pieces': ['HTTP/1.1 200 OK\r\nTransfer-', 'Encoding: chunked\r\n\r\n3\r\nabc\r', '\n4\r\ndefg\r\n', '0\r\nX-Trailer: yes\r\n\r\n'],
  '/garbage': ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'],
  '/upgrade': ['HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\nfirst'],
  '/second': ['second'],
};

const server = net.createServer((socket) => {
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    const [, path] = /^GET (\S+)/.exec(chunk.latin1Slice());
    const pieces = [...answers[path]];
    (function next() {
      if (pieces.length > 0) socket.write(pieces.shift(), 'latin1', () => setTimeout(next, 20));
    })();
  });
});

/** A request; `look` may do something to its socket. */
function ask(agent, port, path, { look = () => {}, answer = () => {} } = {}) {
  return new Promise((resolve) => {
    const lines = [];
    const note = (...words) => lines.push(words.join(' '));
    const request = http.get({ agent, port, host: '127.0.0.1', path });
    request.on('socket', (socket) => look(socket, note));
    request.on('upgrade', (response, socket, head) => {
      note('upgrade', response.statusCode, head.latin1Slice());
      socket.on('data', (chunk) => {
        note('afterwards', chunk.latin1Slice());
        socket.destroy();
      });
      socket.on('close', () => resolve(lines));
      socket.write('GET /second');
    });
    request.on('response', (response) => {
      note('response', response.statusCode, 'reused', request.reusedSocket);
      answer(response, note);
      response.on('data', (chunk) => note('chunk', Buffer.isBuffer(chunk), chunk.latin1Slice()));
      response.on('end', () => {
        note('end', response.complete, JSON.stringify(response.trailers), response.socket === null);
        setImmediate(resolve, lines);
      });
      response.on('aborted', () => note('aborted'));
      response.on('error', (error) => note('response error', error.code));
    });
    request.on('error', (error) => {
      note('error', error.code, error.bytesParsed, Buffer.isBuffer(error.rawPacket) && error.rawPacket.length);
      resolve(lines);
    });
  });
}

const looks = {
  'nobody': () => {},
  'a listener of data': (socket, note) => {
    socket.once('data', (chunk) => note('heard', Buffer.isBuffer(chunk), chunk.length > 0));
  },
  'a listener of data that comes first': (socket, note) => {
    let heard = 0;
    const hear = (chunk) => {
      // How many there are is the network's.
      if (heard === 0) note('heard first');
      heard += chunk.length;
    };
    socket.prependListener('data', hear);
    socket.once('free', () => socket.removeListener('data', hear));
  },
  'another emit': (socket, note) => {
    let noted = false;
    socket.emit = function (event, ...args) {
      if (event === 'data' && !noted) note('emit', event, Buffer.isBuffer(args[0]));
      noted ||= event === 'data';
      return net.Socket.prototype.emit.call(this, event, ...args);
    };
    socket.once('free', () => delete socket.emit);
  },
  'another push': (socket, note) => {
    let noted = false;
    socket.push = function (chunk, encoding) {
      if (!noted) note('push', Buffer.isBuffer(chunk));
      noted = true;
      return net.Socket.prototype.push.call(this, chunk, encoding);
    };
    socket.once('free', () => delete socket.push);
  },
  'a pause': (socket, note) => {
    socket.pause();
    setTimeout(() => {
      note('resumed');
      socket.resume();
    }, 30);
  },
};

/** A response that pauses. */
function pausing(response, note) {
  response.pause();
  setTimeout(() => {
    note('goes on');
    response.resume();
  }, 60);
}

server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  for (const [name, look] of Object.entries(looks)) {
    for (const path of ['/plain', '/pieces']) {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      await ask(agent, port, '/plain');
      console.log(name, path, await ask(agent, port, path, { look }));
      console.log('then', await ask(agent, port, '/plain'));
      agent.destroy();
    }
  }
  for (const path of ['/plain', '/pieces']) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    await ask(agent, port, '/plain');
    console.log('a response that pauses', path, await ask(agent, port, path, { answer: pausing }));
    agent.destroy();
  }
  for (const path of ['/garbage', '/upgrade']) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    await ask(agent, port, '/plain');
    console.log(path, await ask(agent, port, path));
    agent.destroy();
  }
  // Listeners are shown as they are.
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  await ask(agent, port, '/plain');
  console.log(await ask(agent, port, '/plain', {
    look(socket, note) {
      note('listeners', socket.listeners('data').map((one) => one.name), socket.listenerCount('data'));
    },
  }));
  agent.destroy();
  server.close();
});
