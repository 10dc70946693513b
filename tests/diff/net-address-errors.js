'use strict';
// server.address() where the system doesn't say.
const net = require('net');
const server = net.createServer().listen(0, () => {
  for (const errno of [-1, -9]) {
    server._handle.getsockname = () => errno;
    try {
      server.address();
    } catch (err) {
      console.log(err.message, err.code, err.errno, err.syscall);
    }
  }
  server.close();
});
