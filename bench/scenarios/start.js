// What: server script, start to first answer
// Group: start-up
// Measure: first-answer
// Script: ../../tests/servers/hello.js
// Answer: Hello, world!\n
