import { EventEmitter } from 'node:events';

export class Greeter extends EventEmitter {
  greet(name) {
    this.emit('greeting', `hello from ${name}`);
  }
}
