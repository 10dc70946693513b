// What: front-page server, 8 requests sent at once
// Group: http
// Measure: server
// Script: ../../tests/servers/hello.js
// Pipeline: 8
// Answer: Hello, world!\n
