import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Greeter } from './greeter.mjs';

const greeter = new Greeter();
greeter.on('greeting', (text) => console.log(text));
greeter.greet(path.basename(fileURLToPath(import.meta.url)));
