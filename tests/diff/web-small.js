// Node: 24
// `navigator`, `Blob.prototype.textStream`, `MIMEType.parse`.
const { MIMEType } = require('util');

const shape = (object, name) => {
  const { get, set, enumerable, configurable } = Object.getOwnPropertyDescriptor(object, name);
  return [name, typeof get, typeof set, enumerable, configurable].join(' ');
};
console.log(shape(globalThis, 'navigator'), typeof Navigator);
for (const name of ['hardwareConcurrency', 'language', 'languages', 'userAgent', 'platform']) console.log(shape(Navigator.prototype, name));
console.log(navigator.hardwareConcurrency === require('os').availableParallelism(), navigator.platform);
console.log(navigator.language, navigator.languages, Object.isFrozen(navigator.languages), navigator.userAgent);
console.log(navigator, Object.keys(navigator), navigator instanceof Navigator);
for (const make of [() => new Navigator(), () => Navigator.prototype.platform]) {
  try {
    make();
  } catch (error) {
    console.log(error.name, error.code);
  }
}
navigator = 3; // eslint-disable-line no-global-assign
console.log(typeof navigator);

for (const text of ['text/html; charset=utf-8', 'TEXT/plain;a="b;c"', 'x', 'text/', '/x', '', null, undefined, { toString: () => 'a/b' }]) {
  console.log(String(text), String(MIMEType.parse(text)));
}

(async () => {
  const stream = new Blob(['grü', 'ße', ' 世界']).textStream();
  console.log(stream.constructor.name);
  let text = '';
  for await (const chunk of stream) text += chunk;
  console.log(text);
  try {
    Blob.prototype.textStream.call({});
  } catch (error) {
    console.log(error.code);
  }
})();
