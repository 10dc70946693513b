// A program that keeps the handle of a stream while it compresses piece by piece at once, as minizlib does for tar.
'use strict';
const zlib = require('zlib');

function pieces(stream, chunks) {
  const out = [];
  for (const { 0: chunk, 1: flag } of chunks) {
    const handle = stream._handle;
    const { close: closeHandle } = handle;
    const { close } = stream;
    const { concat } = Buffer;
    handle.close = () => {};
    stream.close = () => {};
    Buffer.concat = (list) => list;
    let result;
    try {
      result = stream._processChunk(chunk, flag);
    } finally {
      Buffer.concat = concat;
      stream._handle = handle;
      handle.close = closeHandle;
      stream.close = close;
      stream.removeAllListeners('error');
    }
    for (const part of Array.isArray(result) ? result : [result]) out.push(Buffer.from(part));
  }
  stream.close();
  console.log(stream._handle, stream._closed);
  return Buffer.concat(out);
}

const { Z_NO_FLUSH, Z_FINISH } = zlib.constants;
const long = Buffer.alloc(200_000, 'some text that is long enough, ');
for (const [Make, undo] of [[zlib.Gzip, 'gunzipSync'], [zlib.Deflate, 'inflateSync'], [zlib.DeflateRaw, 'inflateRawSync'],
  [zlib.BrotliCompress, 'brotliDecompressSync']]) {
  const isBrotli = Make === zlib.BrotliCompress;
  const [none, finish] = isBrotli ? [zlib.constants.BROTLI_OPERATION_PROCESS, zlib.constants.BROTLI_OPERATION_FINISH] : [Z_NO_FLUSH, Z_FINISH];
  const packed = pieces(new Make({}), [[Buffer.from('hello '), none], [long, none], [Buffer.alloc(0), finish]]);
  console.log(Make.name, zlib[undo](packed).equals(Buffer.concat([Buffer.from('hello '), long])));
}
const packed = zlib.gzipSync(long);
const unpacked = pieces(new zlib.Unzip({ chunkSize: 1024 }), [[packed.subarray(0, 100), Z_NO_FLUSH], [packed.subarray(100), Z_NO_FLUSH]]);
console.log(unpacked.equals(long));
{
  const stream = new zlib.Gzip();
  console.log(typeof stream._handle.close, stream._closed);
  stream._handle.close();
  stream.close();
  stream.close();
  console.log(stream._handle);
}
