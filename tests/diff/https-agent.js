// Node: 24
// What a program may do with https.Agent before it connects.
'use strict';
const http = require('http');
const https = require('https');

const agent = new https.Agent({ keepAlive: true, maxSockets: 3, maxCachedSessions: 0 });
console.log(agent instanceof http.Agent, https.Agent() instanceof https.Agent, https.Agent.name, https.Agent.length);
console.log(agent.protocol, agent.defaultPort, agent.keepAlive, agent.maxSockets, agent.maxCachedSessions);
console.log(new https.Agent({ defaultPort: 8443, protocol: 'x:' }).options);
console.log(https.globalAgent instanceof https.Agent, https.globalAgent.maxCachedSessions, https.globalAgent.keepAlive);
class Own extends https.Agent {
  constructor(options) {
    super(options);
    this.own = true;
  }
}
console.log(new Own().own, new Own() instanceof http.Agent);
try {
  http.request({ agent, host: 'localhost' });
} catch (err) {
  console.log(err.code, err.message);
}
agent.destroy();
