const samples = ['', 'hello', 'héllo wörld', '日本語', '\u{1F600}', '\uD800'];
for (const encoding of ['utf8', 'latin1', 'ascii', 'hex', 'base64', 'base64url', 'utf16le', 'binary', 'ucs2']) {
  for (const sample of samples) {
    const b = Buffer.from(sample, encoding);
    console.log(encoding, b, b.toString(encoding), Buffer.byteLength(sample, encoding), Buffer.from(sample).toString(encoding));
  }
}
const b = Buffer.alloc(16);
b.writeUInt32BE(0xdeadbeef, 0); b.writeInt16LE(-2, 4); b.writeDoubleBE(1.5, 8);
console.log(b, b.readUInt32LE(0), b.readInt16LE(4), b.readDoubleBE(8), b.readUIntBE(0, 6), b.readBigUInt64BE(8));
for (const bad of [() => b.readUInt8(16), () => b.writeUInt8(256, 0), () => b.readUInt8(1.5), () => Buffer.from(5), () => Buffer.alloc('x'), () => b.toString('nope')]) {
  try { bad(); } catch (error) { console.log(error.name, error.code, error.message); }
}
console.log(Buffer.concat([Buffer.from('a'), Buffer.from('bc')], 2), b.subarray(0, 2).parent === b.buffer, b.slice(-4).length, b.indexOf(0xbe), Buffer.from('abcabc').lastIndexOf('bc'), b.equals(Buffer.from(b)));
console.log(Buffer.compare(Buffer.from('a'), Buffer.from('b')), Buffer.from([257, -1, 'x', 1.9]), Buffer.from(new Uint16Array([1, 256])), JSON.stringify(Buffer.from('j')), Buffer.isEncoding('UTF-8'), Buffer.from('zz', 'hex').length);
console.log(Buffer.from('fill').fill('xy'), Buffer.alloc(5, 'ab'), Buffer.from('0102', 'hex').swap16(), Buffer.from('=YW Jj', 'base64').toString(), b.fill(0).every((x) => x === 0));

// Texts of all widths one after another, each on bytes of its own.
{
  const texts = ['grüße', '世界!', 'é'.repeat(130), '\ud800x', '\u{1f600}', 'ascii', 'a'.repeat(63) + 'é', '世'.repeat(100)];
  const made = texts.map((text) => Buffer.from(text));
  made.forEach((bytes, index) => console.log(bytes.length, bytes.toString('base64'), bytes.toString() === texts[index]));
  const [size, half] = [Buffer.poolSize, 20];
  Buffer.poolSize = 2 * half;
  console.log(['é'.repeat(9), 'é'.repeat(10)].map((text) => Buffer.from(text).toString('hex')).join());
  Buffer.poolSize = size;
  console.log(['utf8', 'UTF8', 'Utf-8', undefined].map((name) => made[0].toString(name)).join());
  console.log(Buffer.alloc(0).toString('no encoding'), made[0].toString('latin1', 2), made[0].toString('hex', 1, 3));
}
