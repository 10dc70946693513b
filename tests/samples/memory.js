// Preloaded: says at the end how much memory the process had at its peak, in kilobytes.
process.on('exit', () => console.error(process.resourceUsage().maxRSS));
