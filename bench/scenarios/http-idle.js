// What: front-page server, memory of 10,000 idle keep-alive connections
// Group: connections
// Measure: idle
// Script: ../../tests/servers/hello.js
// Connections: 10000
// Answer: Hello, world!\n
