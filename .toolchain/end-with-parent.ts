// Loaded into every program that `npm start` runs: when its parent is gone without a word (kill -9), so is the program.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// Listening alone must not keep a program alive that has nothing else to do.
process.channel?.unref();
