import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';

const bytes = await readFile(process.argv[2]);
console.log(createHash('sha256').update(bytes).digest('hex'));
