exports.n = (global.modulesCount = (global.modulesCount || 0) + 1);
