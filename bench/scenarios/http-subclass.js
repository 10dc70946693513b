// What: front-page server whose answers are a subclass of ServerResponse
// Group: http
// Measure: server
// Answer: Hello, world!\n
'use strict';

const http = require('http');

class Answer extends http.ServerResponse {
  text(body) {
    this.setHeader('Content-Type', 'text/plain');
    return this.end(body);
  }
}

const server = http.createServer({ ServerResponse: Answer }, (req, res) => {
  res.text('Hello, world!\n');
});

server.listen(process.env.PORT ?? 3000, '127.0.0.1', () => {
  const { address, port } = server.address();
  console.log(`Listening on http://${address}:${port}/`);
});
