const net = require('net');
const log = (...args) => console.log(...args);
const server = net.createServer((socket) => {
  log('connection', socket.remoteAddress === '127.0.0.1');
  socket.setEncoding('utf8');
  socket.on('data', (text) => { log('server data', text); socket.end('bye ' + text); });
  socket.on('end', () => log('server end'));
  socket.on('close', (hadError) => { log('server close', hadError); server.close(() => log('closed')); });
});
server.on('listening', () => log('listening'));
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1', () => { log('connected'); client.write('hi'); });
  client.on('ready', () => log('ready'));
  client.on('data', (chunk) => log('client data', String(chunk)));
  client.on('end', () => log('client end'));
  client.on('finish', () => log('client finish'));
  client.on('close', () => {
    log('client close', client.bytesRead, client.bytesWritten, client.destroyed);
    net.connect(1, '127.0.0.1').on('error', (error) => log(error.code, error.syscall, error.message)).on('close', (had) => log('refused close', had));
  });
});
