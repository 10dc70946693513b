// What: front-page server
// Group: http
// Measure: server
// Script: ../../tests/servers/hello.js
// Answer: Hello, world!\n
