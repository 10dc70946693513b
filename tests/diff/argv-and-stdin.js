// Args: one --two three
// Stdin: line 1\nline 2\n
console.log(process.argv.slice(2), process.argv.length, process.execArgv);
let text = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => { text += chunk; });
process.stdin.on('end', () => console.log(JSON.stringify(text)));
