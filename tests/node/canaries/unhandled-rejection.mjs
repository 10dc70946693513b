// Must fail: nobody handles the rejection. Without test/common, which would handle it.
setTimeout(async () => {
  await null;
  throw new Error('rejected');
}, 1);
