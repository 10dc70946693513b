// UDP: events of two sockets, and what is refused in which state.
const dgram = require('dgram');
const log = (...args) => console.log(...args);
const attempt = (name, act) => {
  try { log(name, act()); } catch (error) { log(name, error.name, error.code, error.message); }
};

attempt('type', () => dgram.createSocket('tcp'));
const server = dgram.createSocket({ type: 'udp4', reuseAddr: true });
attempt('address', () => server.address());
attempt('broadcast', () => server.setBroadcast(true));
attempt('remote', () => server.remoteAddress());
attempt('membership', () => server.addMembership());
attempt('send', () => server.send('x', 0));
attempt('bytes', () => server.send(12, 1));
attempt('bounds', () => server.send('hello', 6, 0, 1));

server.on('listening', () => {
  const { address, family, port } = server.address();
  log('listening', address, family, typeof port);
  attempt('bind', () => server.bind());
  attempt('ttl', () => server.setTTL(300));
  attempt('ttl', () => server.setTTL(8));
  const client = dgram.createSocket('udp4');
  client.on('message', (bytes, from) => {
    log('answer', String(bytes), from.address, from.family, from.size, from.port === port);
    client.disconnect();
    attempt('disconnected', () => client.disconnect());
    client.close(() => {
      log('client closed');
      attempt('closed', () => client.close());
      attempt('closed', () => client.send('x', port));
      server.close();
    });
  });
  client.connect(port, () => {
    attempt('connected', () => client.connect(port));
    attempt('to', () => client.send('x', port, '127.0.0.1'));
    client.send(['first, ', Buffer.from('second')], (err, count) => log('sent', err, count));
    process.nextTick(() => log('tick after send'));
  });
});
server.on('message', (bytes, from) => {
  log('message', String(bytes), from.address, from.family, from.size);
  server.send(bytes.toString().toUpperCase(), from.port);
});
server.on('close', () => log('server closed'));
log(server.bind(0, '127.0.0.1', () => log('bound')) === server);
