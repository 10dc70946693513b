// What: hello-world script, start to exit
// Group: start-up
// Measure: script
// Prints: hello world
console.log('hello world');
