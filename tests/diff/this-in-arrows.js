// `this` of the function around, however many arrow functions deep.
'use strict';

class Server {
  name = 'server';
  late = () => () => this.name;

  start() {
    return new Promise((resolve) => {
      setTimeout(() => {
        console.log('started', this.name);
        resolve(this);
      }, 1);
    });
  }

  get deep() {
    return (() => (() => (() => this.name)())())();
  }

  async *each() {
    yield* [1, 2].map((n) => ((m) => `${this.name} ${n + m}`)(1));
  }

  static of(name = () => () => this.name) {
    return name()();
  }
}

function old(list) {
  return list.map((item) => [item].map(() => `${(() => this.tag)()}${item}`).join());
}

const server = new Server();
console.log(server.deep, server.late()(), Server.of());
console.log(old.call({ tag: '#' }, ['a', 'b']));
server.start()
  .then(async (same) => {
    console.log(same === server);
    for await (const text of server.each()) console.log(text);
  });
