const { createReadStream, createWriteStream } = require('fs');
const { createGzip } = require('zlib');
const { pipeline } = require('stream');

const { 2: from, 3: to } = process.argv;
pipeline(createReadStream(from), createGzip(), createWriteStream(to), (error) => {
  if (error) throw error;
  console.log('done');
});
