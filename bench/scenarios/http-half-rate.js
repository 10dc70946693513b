// What: p99 of the front-page server's answers at half of its own top rate
// Group: http
// Measure: half-rate
// Script: ../../tests/servers/hello.js
// Answer: Hello, world!\n
