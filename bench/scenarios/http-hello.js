// What: front-page server
// Measure: server
// Script: ../../tests/servers/hello.js
// Answer: Hello, world!\n
