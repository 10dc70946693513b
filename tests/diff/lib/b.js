const a = require('./a');
exports.sawEarly = [a.early, "late" in a];
