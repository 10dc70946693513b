// What: front-page server, 1 to 10,000 connections
// Group: connections
// Measure: server
// Script: ../../tests/servers/hello.js
// Connections: 1 8 64 512 1000 4096 10000
// Answer: Hello, world!\n
